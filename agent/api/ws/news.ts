// News that one client has not been sent yet: of each incident, of the statistics and of each running call only the latest state.
import type { WireStats } from "../../protocol/graph.ts";
import type { WireIncident } from "../../protocol/incident.ts";
import type { RpcNotifications } from "../../protocol/rpc.ts";
import { notificationFrame, type RequestId } from "./frame.ts";

/** An incident that is gone. */
export type RemovedIncident = RpcNotifications["incidents/changed"]["removed"][number];

/** What waits to be sent. */
export type News = {
  incidents(changed: readonly WireIncident[], removed: readonly RemovedIncident[]): void;
  /** Worth sending only when the counts differ from those that this client was sent last. */
  stats(stats: WireStats): void;
  progress(progress: RpcNotifications["progress"]): void;
  /** Forgets progress of a call that is being answered. */
  endProgress(id: RequestId): void;
  /** Incidents that wait. */
  size(): number;
  /** The next message, taken out; undefined when nothing waits. */
  take(): string | undefined;
};

/** No news yet. */
export function createNews(): News {
  const changed = new Map<string, WireIncident>();
  const removed = new Map<string, RemovedIncident>();
  const progress = new Map<RequestId, RpcNotifications["progress"]>();
  let stats: WireStats | undefined;
  let countsSent = "";

  const takeIncidents = (): string => {
    const text = notificationFrame("incidents/changed", { changed: [...changed.values()], removed: [...removed.values()] });
    changed.clear();
    removed.clear();
    return text;
  };
  const takeStats = (): string | undefined => {
    const latest = stats;
    stats = undefined;
    if (latest === undefined || countsOf(latest) === countsSent) return undefined;
    countsSent = countsOf(latest);
    return notificationFrame("stats/changed", latest);
  };
  return {
    incidents: (newlyChanged, newlyRemoved) => {
      for (const incident of newlyChanged) {
        removed.delete(keyOf(incident));
        changed.set(keyOf(incident), incident);
      }
      for (const gone of newlyRemoved) {
        changed.delete(keyOf(gone));
        removed.set(keyOf(gone), gone);
      }
    },
    stats: (latest) => {
      stats = latest;
    },
    progress: (latest) => progress.set(latest.id, latest),
    endProgress: (id) => progress.delete(id),
    size: () => changed.size + removed.size,
    take: () => {
      for (const [id, latest] of progress) {
        progress.delete(id);
        return notificationFrame("progress", latest);
      }
      return changed.size + removed.size > 0 ? takeIncidents() : takeStats();
    },
  };
}

function countsOf({ timestamp: _taken, ...counts }: WireStats): string {
  return JSON.stringify(counts);
}

function keyOf({ cluster, id }: { readonly cluster: string; readonly id: string }): string {
  return `${cluster}\n${id}`;
}
