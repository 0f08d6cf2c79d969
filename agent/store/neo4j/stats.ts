// Statistics, counted when they are asked for: live resources, edges that hold, all episodes, incidents and links.
import type { EpisodeId } from "../../domain/identity.ts";
import { SEVERITIES, type Severity } from "../../domain/severity.ts";
import type { Stats } from "../port.ts";
import { HOLDS_MS, number, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import { clusterNames } from "./read-resources.ts";
import { ANY_RELATION } from "./write-relations.ts";

/** One statement for each count; all run over an index of the clusters asked for. */
export const COUNTS = {
  resources: "UNWIND $clusters AS c MATCH (r:Resource) WHERE r.client_id = c AND r.end_ms = $holds RETURN r.kind AS key, count(*) AS n",
  relations: `UNWIND $clusters AS c MATCH (s:Resource) WHERE s.client_id = c AND s.rid IS NOT NULL MATCH (s)-[l:${ANY_RELATION}]->() WHERE l.to_ms IS NULL RETURN type(l) AS key, count(*) AS n`,
  episodes:
    "UNWIND $clusters AS c MATCH (e:Episodic) WHERE e.client_id = c AND e.eid IS NOT NULL RETURN e.severity AS key, count(*) AS n, min(e.first_ms) AS oldest",
  newest:
    "UNWIND $clusters AS c MATCH (e:Episodic) WHERE e.client_id = c AND e.eid IS NOT NULL RETURN e.eid AS key, e.last_ms AS n ORDER BY n DESC, e.first_ms DESC, key LIMIT 1",
  links:
    "UNWIND $clusters AS c MATCH (e:Episodic) WHERE e.client_id = c AND e.eid IS NOT NULL MATCH (e)<-[l:POTENTIAL_CAUSE]-() RETURN '' AS key, count(l) AS n",
  incidents: "UNWIND $clusters AS c MATCH (i:Incident) WHERE i.client_id = c AND i.id IS NOT NULL RETURN '' AS key, count(*) AS n",
} as const;

/** The statistics of one cluster, or of all. */
export async function readStats(tx: Tx, cluster?: string): Promise<Stats> {
  const clusters = cluster === undefined ? await clusterNames(tx) : [cluster];
  const ask = (what: keyof typeof COUNTS): Promise<Row[]> => tx.run(COUNTS[what], { clusters, holds: HOLDS_MS });
  const resources = await ask("resources");
  const relations = await ask("relations");
  const episodes = await ask("episodes");
  const [newest] = await ask("newest");
  const bySeverity: Record<Severity, number> = { INFO: 0, WARNING: 0, ERROR: 0, FATAL: 0 };
  for (const row of episodes) bySeverity[SEVERITIES.find((severity) => severity === row.key) ?? "INFO"] += number(row.n);
  return {
    resources: total(resources),
    episodes: total(episodes),
    incidents: total(await ask("incidents")),
    relations: total(relations),
    links: total(await ask("links")),
    resourcesByKind: byKey(resources),
    relationsByType: byKey(relations),
    episodesBySeverity: bySeverity,
    ...(newest
      ? {
          oldestEpisodeMs: Math.min(...episodes.map((row) => number(row.oldest))),
          newestEpisodeMs: number(newest.n),
          newestEpisodeId: text(newest.key) as EpisodeId,
        }
      : {}),
  };
}

function total(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + number(row.n), 0);
}

function byKey(rows: readonly Row[]): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [text(row.key), number(row.n)]));
}
