// Statistics from the counts that every transaction keeps: live resources, edges that hold, all episodes, incidents and links.
import type { EpisodeId } from "../../domain/identity.ts";
import { SEVERITIES, type Severity } from "../../domain/severity.ts";
import type { Stats } from "../port.ts";
import { number, text } from "../stored-values.ts";
import type { Session } from "./session.ts";

/** The statistics of one cluster, or of all. */
export function readStats(session: Session, cluster?: string): Stats {
  const id = cluster === undefined ? null : (session.names.findCluster(cluster) ?? -1);
  const counts = session.sql.all(
    "SELECT what, key, sum(n) AS n FROM tally WHERE ?1 IS NULL OR cluster = ?1 GROUP BY what, key HAVING sum(n) > 0",
    id,
  );
  const of = (what: string): [string, number][] => counts.filter((row) => row.what === what).map((row) => [text(row.key), number(row.n)]);
  const total = (what: string): number => of(what).reduce((sum, [, n]) => sum + n, 0);
  const bySeverity: Record<Severity, number> = { INFO: 0, WARNING: 0, ERROR: 0, FATAL: 0 };
  for (const [rank, n] of of("episode")) bySeverity[SEVERITIES[Number(rank)] ?? "INFO"] += n;
  const span = session.sql.get("SELECT min(oldest_ms) AS oldest FROM span WHERE ?1 IS NULL OR cluster = ?1", id);
  const latest = session.sql.get(
    "SELECT newest_ms, newest_eid FROM span WHERE ?1 IS NULL OR cluster = ?1 ORDER BY newest_ms DESC LIMIT 1",
    id,
  );
  return {
    resources: total("resource"),
    episodes: total("episode"),
    incidents: total("incident"),
    relations: total("relation"),
    links: total("link"),
    resourcesByKind: Object.fromEntries(of("resource")),
    relationsByType: Object.fromEntries(of("relation")),
    episodesBySeverity: bySeverity,
    ...(latest
      ? {
          oldestEpisodeMs: number(span?.oldest),
          newestEpisodeMs: number(latest.newest_ms),
          newestEpisodeId: text(latest.newest_eid) as EpisodeId,
        }
      : {}),
  };
}
