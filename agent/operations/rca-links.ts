// The links that answer a root-cause question: the stored ones, and for a wider question those the same function finds over what the store holds.
import type { CausalLink } from "../domain/causal-link.ts";
import { temporalScore } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import { DEFAULT_REASONING } from "../domain/settings.ts";
import { ClusterGraph } from "../graph/cluster-graph.ts";
import { EpisodeBook } from "../graph/episode-book.ts";
import { causalView } from "../reasoning/causal-view.ts";
import { type LinkSettings, linksFor } from "../reasoning/link.ts";
import type { GraphReader, Subgraph } from "../store/port.ts";

/** How far a question reaches. */
export type RcaReach = { readonly windowMs: number; readonly hopsMax: number };

/** Links of an effect within a reach, best first. `around`: the part of the graph within it, read when the question is wider than the settings. */
export async function linksWithin(
  store: GraphReader,
  settings: LinkSettings,
  effect: Episode,
  ask: RcaReach & { around(): Promise<Subgraph> },
): Promise<readonly CausalLink[]> {
  const stored = (await store.linksOf(effect.cluster, [effect.eid], "effect")).filter((link) => link.hops <= ask.hopsMax);
  if (ask.windowMs === settings.windowMs && ask.hopsMax <= settings.hopsMax) return sorted(stored);
  const found = linkOver(await ask.around(), effect, { ...settings, windowMs: ask.windowMs, hopsMax: ask.hopsMax, linksPerEffectMax: 20 });
  const byCause = new Map(found.map((link) => [link.cause, link]));
  // A rule that goes by namespace reaches resources that no edge leads to: those links stand in the store.
  for (const link of stored) if (!byCause.has(link.cause) && isWithin(link, ask.windowMs, settings)) byCause.set(link.cause, link);
  return sorted([...byCause.values()]);
}

function linkOver(around: Subgraph, effect: Episode, settings: LinkSettings): readonly CausalLink[] {
  const graph = new ClusterGraph(effect.cluster);
  const book = new EpisodeBook({ ...DEFAULT_REASONING, ...settings });
  for (const resource of around.resources) graph.restoreResource(resource);
  for (const relation of around.relations) graph.edges.restore(relation);
  for (const episode of around.episodes) book.restore(episode);
  book.restore(effect);
  return linksFor(effect, causalView(graph, book), settings);
}

/** Whether a stored link's time apart, told by its temporal score, lies within a narrower window. */
function isWithin(link: CausalLink, windowMs: number, settings: LinkSettings): boolean {
  const apartMs = (1 - link.temporal) * settings.windowMs;
  return temporalScore(-apartMs, 0, windowMs, 0) !== undefined;
}

function sorted(links: readonly CausalLink[]): readonly CausalLink[] {
  return [...links].sort((a, b) => b.score - a.score || a.hops - b.hops || (a.cause < b.cause ? -1 : 1));
}
