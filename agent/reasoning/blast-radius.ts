// Who is hit and who could be: along the edges over which trouble travels.
import type { Episode } from "../domain/episode.ts";
import type { ResourceId } from "../domain/identity.ts";
import type { Affected } from "../domain/incident.ts";
import type { RelationType } from "../domain/relation.ts";
import { subjectOf } from "../domain/resource.ts";
import { severityRank } from "../domain/severity.ts";
import type { CausalView } from "./causal-view.ts";

/** Most resources named of each role. */
const AFFECTED_MAX = 100;

/** Trouble of a resource reaches those at the other end of these edges. */
export const SPREADS: readonly { readonly type: RelationType; readonly direction: "out" | "in" }[] = [
  { type: "SELECTS", direction: "in" },
  { type: "CALLS", direction: "in" },
  { type: "ROUTES_TO", direction: "in" },
  { type: "USES", direction: "in" },
  { type: "RUNS_ON", direction: "in" },
  { type: "BINDS", direction: "in" },
];

/** Parts of something else that is named anyway. */
const PARTS = new Set(["ReplicaSet", "EndpointSlice", "Endpoints", "ControllerRevision"]);

/** Symptoms first, by time; then those that could be hit, at most two edges away. */
export function affectedBy(
  episodes: Iterable<Episode>,
  roots: readonly ResourceId[],
  view: CausalView,
  nowMs: number,
): readonly Affected[] {
  const since = new Map<ResourceId, number>();
  for (const episode of episodes) {
    if (severityRank(episode.severity) < 1 || episode.etype === "k8s.change" || episode.etype === "anomaly") continue;
    since.set(episode.rid, Math.min(since.get(episode.rid) ?? Number.POSITIVE_INFINITY, episode.firstMs));
  }
  const hit = [...since].sort(([a, aMs], [b, bMs]) => aMs - bMs || (a < b ? -1 : 1)).slice(0, AFFECTED_MAX);
  const symptoms = hit.flatMap(([rid, sinceMs]): Affected[] => {
    const resource = view.resource(rid);
    return resource ? [{ subject: subjectOf(resource), role: "symptom", sinceMs }] : [];
  });
  const atRisk = spread([...hit.map(([rid]) => rid), ...roots], view, nowMs).filter((rid) => !since.has(rid) && !roots.includes(rid));
  return [
    ...symptoms,
    ...atRisk.flatMap((rid): Affected[] => {
      const resource = view.resource(rid);
      return resource && resource.endedAtMs === undefined && !PARTS.has(resource.kind)
        ? [{ subject: subjectOf(resource), role: "at_risk" }]
        : [];
    }),
  ];
}

function spread(from: readonly ResourceId[], view: CausalView, nowMs: number): readonly ResourceId[] {
  const reached = new Set<ResourceId>(from);
  const found: ResourceId[] = [];
  let frontier = [...reached];
  for (let hop = 0; hop < 2; hop += 1) {
    const next: ResourceId[] = [];
    for (const rid of frontier) {
      for (const { type, direction } of SPREADS) {
        for (const relation of view.edges(rid, type, direction, { fromMs: nowMs, toMs: nowMs })) {
          const other = direction === "out" ? relation.target : relation.source;
          if (relation.validToMs !== undefined && relation.validToMs <= nowMs) continue;
          if (reached.has(other) || reached.size > 2 * AFFECTED_MAX) continue;
          reached.add(other);
          next.push(other);
        }
      }
    }
    // The order in which edges came to be known does not matter.
    frontier = next.sort();
    found.push(...frontier);
  }
  return found.slice(0, AFFECTED_MAX);
}
