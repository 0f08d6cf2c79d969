// Retention (contracts.md §6, §8): old episodes, then incidents left empty, then states, edges and lives that ended and that nothing kept refers to.
//
// Every batch is one transaction, and the agent goes on between batches. A dry run asks the same questions and deletes nothing.
import type { CleanupCount, StoreAdmin } from "../port.ts";
import { HOLDS_MS, number, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import { clusterNames } from "./read-resources.ts";
import { forget, inLine, type Session } from "./session.ts";
import { ANY_RELATION } from "./write-relations.ts";

type Options = Parameters<StoreAdmin["cleanup"]>[0];

type Run = Options & { readonly session: Session };

// A finding that still holds on a live resource is no past, however old; an alert that nobody repeated for so long is.
const HELD_OLD = `e.end_ms = $holds AND e.last_ms < $older
  AND NOT (e.etype = 'k8s.state' AND EXISTS { MATCH (e)-[:ABOUT]->(x:Resource) WHERE x.end_ms = $holds })`;
const KEPT = `e.end_ms >= $older AND NOT (${HELD_OLD})`;
const GONE = (name: string): string => `(${name}.end_ms < $older AND NOT EXISTS { MATCH (e:Episodic)-[:ABOUT]->(${name}) WHERE ${KEPT} })`;
// The first kept episode about a resource began after this state had ended, or there is none.
const UNNEEDED = `h.to_ms < $older AND NOT EXISTS { MATCH (h)-[:STATE_OF]->(:Resource)<-[:ABOUT]-(e:Episodic) WHERE e.first_ms <= h.to_ms AND ${KEPT} }`;

const EPISODES = "MATCH (e:Episodic) WHERE e.client_id = $c AND";

const withAliases = (name: string, label: string): string =>
  `WITH ${name} LIMIT toInteger($batch) OPTIONAL MATCH (a:${label})-[:ALIAS_OF]->(${name}) WITH ${name}, collect(a) AS aliases
   FOREACH (a IN aliases | DETACH DELETE a) DETACH DELETE ${name} RETURN count(*) AS n`;

/** What goes, in order: what is found, and how a batch of it is deleted. */
const SWEEPS = {
  past: { match: `${EPISODES} e.end_ms < $older`, remove: withAliases("e", "EpisodicAlias") },
  held: { match: `${EPISODES} ${HELD_OLD}`, remove: withAliases("e", "EpisodicAlias") },
  incidents: {
    match: `MATCH (i:Incident) WHERE i.client_id = $c AND i.id IS NOT NULL AND i.last_ms < $older AND NOT EXISTS { MATCH (e:Episodic)-[:PART_OF]->(i) WHERE ${KEPT} }`,
    remove: withAliases("i", "IncidentAlias"),
  },
  states: {
    match: `MATCH (h:ResourceState) WHERE h.client_id = $c AND ${UNNEEDED}`,
    remove: "WITH h LIMIT toInteger($batch) DETACH DELETE h RETURN count(*) AS n",
  },
  resources: {
    match: `MATCH (r:Resource) WHERE r.client_id = $c AND ${GONE("r")}`,
    remove: "WITH r LIMIT toInteger($batch) DETACH DELETE r RETURN count(*) AS n",
  },
} as const;

// Edges are found from their sources, page by page: relationships have no index of their own.
const SOURCES = "MATCH (s:Resource) WHERE s.client_id = $c AND s.rid > $after RETURN s.rid AS rid ORDER BY s.rid LIMIT toInteger($batch)";
const OLD_EDGES = `UNWIND $rids AS rid MATCH (s:Resource {client_id: $c, rid: rid})-[l:${ANY_RELATION}]->(t:Resource) WHERE l.to_ms < $older OR ${GONE("s")} OR ${GONE("t")}`;
const PLACES = "MATCH (r:Resource) WHERE r.client_id = $c AND r.rid IN $rids AND r.kind IS NULL AND NOT EXISTS { (r)--() } DELETE r";

/** Deletes (or, dry, counts) what is older than `olderThanMs`. An abort ends it between batches; what was deleted by then stays deleted. */
export async function cleanup(session: Session, options: Options): Promise<CleanupCount> {
  const run: Run = { ...options, batchSize: Math.max(1, Math.trunc(options.batchSize)), session };
  const sum = { episodes: 0, incidents: 0, resources: 0, relations: 0, states: 0 };
  for (const c of await session.database.read(clusterNames)) {
    sum.episodes += (await sweep(run, c, "past", "episodes")) + (await sweep(run, c, "held", "episodes"));
    sum.incidents += await sweep(run, c, "incidents", "incidents");
    sum.states += await sweep(run, c, "states", "states");
    sum.relations += await sweepEdges(run, c);
    sum.resources += await sweep(run, c, "resources", "resources");
  }
  return sum;
}

function paramsOf({ olderThanMs, batchSize }: Run, c: string): Row {
  return { c, older: olderThanMs, batch: batchSize, holds: HOLDS_MS };
}

async function sweep(run: Run, c: string, what: keyof typeof SWEEPS, name: string): Promise<number> {
  const { match, remove } = SWEEPS[what];
  const params = paramsOf(run, c);
  const ask = (tx: Tx): Promise<Row[]> => tx.run(`${match} RETURN count(*) AS n`, params);
  const total = number((await run.session.database.read(ask))[0]?.n);
  if (run.dryRun || total === 0) return total;
  for (let done = 0; ; ) {
    run.signal?.throwIfAborted();
    const count = await deleting(run, async (tx) => number((await tx.run(`${match} ${remove}`, params))[0]?.n));
    done += count;
    run.progress?.(done, Math.max(done, total), name);
    if (count < run.batchSize) return done;
  }
}

async function sweepEdges(run: Run, c: string): Promise<number> {
  const params = paramsOf(run, c);
  const { database } = run.session;
  let done = 0;
  for (let after = ""; ; ) {
    run.signal?.throwIfAborted();
    const rids = (await database.read((tx) => tx.run(SOURCES, { ...params, after }))).map((row) => text(row.rid));
    const count = number((await database.read((tx) => tx.run(`${OLD_EDGES} RETURN count(*) AS n`, { ...params, rids })))[0]?.n);
    if (!run.dryRun) {
      await deleting(run, async (tx) => {
        if (count > 0) await tx.run(`${OLD_EDGES} WITH l, count(*) AS once DELETE l`, { ...params, rids });
        await tx.run(PLACES, { ...params, rids });
      });
    }
    done += count;
    if (count > 0) run.progress?.(done, 0, "edges");
    if (rids.length < run.batchSize) return done;
    after = rids.at(-1) ?? "";
  }
}

/** One batch, in line with the commits; what the writer remembers of deleted nodes goes with them. */
function deleting<T>({ session }: Run, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inLine(session, async () => {
    try {
      return await session.database.write(work);
    } finally {
      forget(session);
    }
  });
}
