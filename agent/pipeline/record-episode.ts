// One episode into the book: folded, escalated, and counted towards the anomalies of its namespace.
import type { Episode } from "../domain/episode.ts";
import { severityRank } from "../domain/severity.ts";
import { countEpisode, type RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Records an episode; repeats fold and escalate. Anomalies that it completes are recorded too. */
export function recordEpisode(state: ClusterState, one: Episode, tally: RecordTally): Episode {
  const { episode, repeats, parts } = state.book.record(one);
  const from = parts[0]?.severity ?? one.baseSeverity;
  if (repeats > 0 && severityRank(episode.severity) > severityRank(from)) tally.escalations.push({ from, to: episode.severity });
  countEpisode(state, episode, parts, tally);
  return episode;
}
