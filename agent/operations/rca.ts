// One question, one answer: which episodes can have caused this one, who else is hit, and what happened around it.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import { displayName } from "../domain/identity.ts";
import type { Incident } from "../domain/incident.ts";
import { type Subject, subjectOf } from "../domain/resource.ts";
import { DEFAULT_REASONING } from "../domain/settings.ts";
import { severityRank } from "../domain/severity.ts";
import { ClusterGraph } from "../graph/cluster-graph.ts";
import { EpisodeBook } from "../graph/episode-book.ts";
import { ruleById } from "../knowledge/rules.ts";
import { affectedBy, SPREADS } from "../reasoning/blast-radius.ts";
import { causalView } from "../reasoning/causal-view.ts";
import { fillSentence } from "../reasoning/explain.ts";
import type { LinkSettings } from "../reasoning/link.ts";
import type { GraphReader, Subgraph } from "../store/port.ts";
import { linksWithin } from "./rca-links.ts";

/** `eid` (or alias) or `uid`: then the worst latest episode about that resource. At most 24 h and 5 hops. */
export type RcaQuery = {
  readonly eid?: string | undefined;
  readonly uid?: string | undefined;
  readonly cluster?: string | undefined;
  readonly windowMs: number;
  readonly hopsMax: number;
  readonly scoreMin: number;
};

export type RcaCause = { readonly link: CausalLink; readonly episode: Episode; readonly subject: Subject; readonly sentence: string };

export type RcaAnswer = {
  readonly effect: Episode;
  readonly subject: Subject;
  /** Best first. */
  readonly causes: readonly RcaCause[];
  readonly blastRadius: readonly Subject[];
  readonly incident?: Incident | undefined;
  /** Oldest first. */
  readonly timeline: readonly { readonly episode: Episode; readonly subject: Subject }[];
};

/** `notFound`: no such episode or resource. `ambiguous`: it exists in these clusters; ask again with one of them. */
export type RcaOutcome =
  | { readonly found: "one"; readonly answer: RcaAnswer }
  | { readonly found: "none" }
  | { readonly found: "several"; readonly clusters: readonly string[] };

/** Resources read around an effect for a question that the stored links do not answer. */
const NEIGHBOURHOOD_MAX = 2_000;

/** Episodes told in a timeline. */
const TIMELINE_MAX = 100;

/** A question by resource looks back this far. */
const LOOK_BACK_MS = 24 * 60 * 60_000;

/** Answers a root-cause question from the store. Throws StoreFault. */
export async function answerRca(store: GraphReader, settings: LinkSettings, query: RcaQuery): Promise<RcaOutcome> {
  const effects = await effectsAsked(store, query);
  const clusters = [...new Set(effects.map((effect) => effect.cluster))];
  if (clusters.length > 1) return { found: "several", clusters };
  const effect = effects[0];
  if (!effect) return { found: "none" };
  const incident = await store.incidentOf(effect.cluster, effect.eid);
  const around = () => surroundings(store, effect, query);
  const links = (await linksWithin(store, settings, effect, { ...query, around })).filter((link) => link.score >= query.scoreMin);
  const episodes = await episodesById(store, effect, [
    ...links.map((link) => link.cause),
    ...(incident?.episodes ?? []).slice(0, TIMELINE_MAX),
  ]);
  const subjects = await subjectsOf(store, effect.cluster, [effect, ...episodes.values()], incident);
  const subject = subjectFrom(subjects, effect);
  const causes = links.flatMap((link): RcaCause[] => {
    const episode = episodes.get(link.cause);
    return episode
      ? [{ link, episode, subject: subjectFrom(subjects, episode), sentence: sentenceOf(link, subjectFrom(subjects, episode), subject) }]
      : [];
  });
  const timeline = [effect, ...episodes.values()].filter((episode, at, all) => all.findIndex((other) => other.eid === episode.eid) === at);
  return {
    found: "one",
    answer: {
      effect,
      subject,
      causes,
      blastRadius: incident
        ? incident.verdict.affected.map((one) => one.subject).filter((one) => one.rid !== effect.rid)
        : blastRadius(effect, await store.neighbourhood({ cluster: effect.cluster, rid: effect.rid, ...BLAST })),
      ...(incident ? { incident } : {}),
      timeline: timeline
        .sort(byTime)
        .slice(0, TIMELINE_MAX)
        .map((episode) => ({ episode, subject: subjectFrom(subjects, episode) })),
    },
  };
}

/** What happened in an incident, oldest first. */
export async function timelineOf(store: GraphReader, incident: Incident): Promise<RcaAnswer["timeline"]> {
  const episodes = await store.episodes(incident.cluster, incident.episodes.slice(0, TIMELINE_MAX));
  const subjects = await subjectsOf(store, incident.cluster, episodes, incident);
  return [...episodes].sort(byTime).map((episode) => ({ episode, subject: subjectFrom(subjects, episode) }));
}

function byTime(a: Episode, b: Episode): number {
  return a.firstMs - b.firstMs || (a.eid < b.eid ? -1 : 1);
}

/** A link's rule in words about these two. */
export function sentenceOf(link: CausalLink, cause: Subject, effect: Subject): string {
  return fillSentence(ruleById(link.ruleId)?.sentence, displayName(cause), displayName(effect));
}

async function effectsAsked(store: GraphReader, query: RcaQuery): Promise<readonly Episode[]> {
  if (query.eid !== undefined) return store.findEpisodes(query.eid, query.cluster);
  const found = await store.findResources({ uid: query.uid, cluster: query.cluster, limit: 10 });
  const about = await Promise.all(
    found.map((resource) => store.episodesAbout(resource.cluster, resource.rid, 0, Number.MAX_SAFE_INTEGER, 200)),
  );
  return about.flatMap((episodes) => worstLatest(episodes) ?? []);
}

/** The gravest among those of the last day before the latest; of equal ones the latest. */
function worstLatest(episodes: readonly Episode[]): Episode | undefined {
  const latestMs = Math.max(...episodes.map((episode) => episode.lastMs));
  const recent = episodes.filter((episode) => episode.lastMs >= latestMs - LOOK_BACK_MS && episode.etype !== "k8s.change");
  return (
    [...recent].sort((a, b) => severityRank(b.severity) - severityRank(a.severity) || b.lastMs - a.lastMs || (a.eid < b.eid ? -1 : 1))[0] ??
    episodes[0]
  );
}

function surroundings(store: GraphReader, effect: Episode, query: RcaQuery): Promise<Subgraph> {
  const { windowMs, hopsMax } = query;
  return store.neighbourhood({
    cluster: effect.cluster,
    rid: effect.rid,
    hops: hopsMax,
    fromMs: effect.firstMs - windowMs,
    toMs: Math.max(effect.firstMs, effect.lastMs),
    limit: NEIGHBOURHOOD_MAX,
  });
}

async function episodesById(store: GraphReader, effect: Episode, ids: readonly EpisodeId[]): Promise<ReadonlyMap<EpisodeId, Episode>> {
  const episodes = await store.episodes(effect.cluster, [...new Set(ids)]);
  return new Map(episodes.map((episode) => [episode.eid, episode]));
}

type Subjects = ReadonlyMap<ResourceId, Subject>;

/** Whom episodes are about. An incident knows most of its own; the store is asked about the others. */
async function subjectsOf(
  store: GraphReader,
  cluster: string,
  episodes: readonly Episode[],
  incident: Incident | undefined,
): Promise<Subjects> {
  const known = new Map((incident?.verdict.affected ?? []).map(({ subject }) => [subject.rid, subject]));
  const unknown = new Set(episodes.map((episode) => episode.rid).filter((rid) => !known.has(rid)));
  const found = await Promise.all([...unknown].map((rid) => store.findResources({ rid, cluster, limit: 1, bare: true })));
  return new Map([...known, ...found.flat().map((resource) => [resource.rid, subjectOf(resource)] as const)]);
}

function subjectFrom(subjects: Subjects, { rid, cluster }: Episode): Subject {
  return subjects.get(rid) ?? { rid, cluster, kind: "Unknown", name: rid };
}

/** Where trouble spreads to. */
const BLAST = { hops: 2, over: SPREADS, limit: 200, bare: true };

/** Who is hit or could be, where no incident says it. */
function blastRadius(effect: Episode, around: Subgraph): readonly Subject[] {
  const graph = new ClusterGraph(effect.cluster);
  const book = new EpisodeBook(DEFAULT_REASONING);
  for (const resource of around.resources) graph.restoreResource(resource);
  for (const relation of around.relations) graph.edges.restore(relation);
  return affectedBy([effect], [], causalView(graph, book), effect.lastMs)
    .map((one) => one.subject)
    .filter((one) => one.rid !== effect.rid);
}
