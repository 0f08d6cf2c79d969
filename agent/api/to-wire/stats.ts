// Counts of what the store holds.
import type { WireStats } from "../../protocol/graph.ts";
import type { Stats } from "../../store/port.ts";
import { given } from "./given.ts";
import { wireTime, wireTimeIf } from "./time.ts";

/** Statistics on the wire; `nowMs` is when they were taken. */
export function wireStats(stats: Stats, nowMs: number): WireStats {
  return {
    timestamp: wireTime(nowMs),
    resources: stats.resources,
    episodic_events: stats.episodes,
    incidents: stats.incidents,
    edges: stats.relations,
    resources_by_kind: { ...stats.resourcesByKind },
    edges_by_type: { ...stats.relationsByType },
    events_by_severity: { ...stats.episodesBySeverity },
    ...given({
      oldest_event: wireTimeIf(stats.oldestEpisodeMs),
      newest_event: wireTimeIf(stats.newestEpisodeMs),
      newest_event_id: stats.newestEpisodeId,
    }),
  };
}
