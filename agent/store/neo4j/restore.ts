// Reads a backup into the database: all of the file is checked before anything is changed, then the old graph goes and the new one is written, in batches.
import { type BackupRow, type BackupRows, rowsOf } from "../backup-format.ts";
import { type ChangeSet, type Progress, StoreFault } from "../port.ts";
import { assertBackup, readBackup } from "../read-backup.ts";
import { number } from "../stored-values.ts";
import { write } from "./commit.ts";
import type { Database } from "./connect.ts";
import { episodeIds } from "./episode-ids.ts";
import { putFeedback, putMute } from "./read-words.ts";
import { OWN_LABELS, SCHEMA_VERSION } from "./schema.ts";
import { forget, inLine, type Session, type Writing, writingNow } from "./session.ts";
import { addLinks } from "./write-links.ts";
import { KEEP_STATES } from "./write-resources.ts";

/** As in the port. */
export type RestoreOptions = {
  readonly replace: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
};

const ROWS_PER_BATCH = 1_000;
const NODES_PER_DELETION = 5_000;

/** Put while a restore is under way: what a database holds that was cut off in the middle is no graph. */
const UNFINISHED = "restoring";

/** The number of rows read. Until the file is known to be whole nothing is changed; after that it is not interrupted, and if it fails it must be run again. */
export async function restoreBackup(session: Session, file: string, options: RestoreOptions): Promise<{ rows: number }> {
  const { database } = session;
  if (!options.replace && !(await isEmpty(database))) {
    throw new StoreFault(
      "locked",
      `Neo4j at ${database.where} is not empty; restore with --replace to give up what it holds, or name another database`,
    );
  }
  assertBackup(file);
  await verify(file, options);
  return await inLine(session, async () => {
    forget(session);
    await mark(database, true);
    await deleteAll(database);
    const rows = await readInto(session, file, options);
    await mark(database, false);
    return { rows };
  });
}

/** Whether a restore was begun and not finished. */
export async function isUnfinished(database: Database): Promise<boolean> {
  return (await database.read((tx) => tx.run("MATCH (m:KgMeta {key: $key}) RETURN m.key AS key", { key: UNFINISHED }))).length > 0;
}

async function mark(database: Database, isBegun: boolean): Promise<void> {
  const statement = isBegun ? "MERGE (m:KgMeta {key: $key}) SET m.value = 1" : "MATCH (m:KgMeta {key: $key}) DELETE m";
  await database.write((tx) => tx.run(statement, { key: UNFINISHED }));
}

async function isEmpty(database: Database): Promise<boolean> {
  const rows = await database.read((tx) => tx.run("MATCH (n:Resource|Episodic|Incident) RETURN 1 AS one LIMIT 1"));
  return rows.length === 0;
}

async function verify(file: string, { signal, progress }: RestoreOptions): Promise<void> {
  let rows = 0;
  for await (const _ of readBackup(file)) {
    if (++rows % ROWS_PER_BATCH !== 0) continue;
    signal?.throwIfAborted();
    progress?.(rows, 0, "rows checked");
  }
  signal?.throwIfAborted();
}

async function deleteAll(database: Database): Promise<void> {
  for (const label of OWN_LABELS) {
    if (label === "KgMeta") continue;
    const statement = `MATCH (n:${label}) WITH n LIMIT ${NODES_PER_DELETION} DETACH DELETE n RETURN count(*) AS n`;
    for (let count = NODES_PER_DELETION; count === NODES_PER_DELETION; )
      count = number((await database.write((tx) => tx.run(statement)))[0]?.n);
  }
  await database.write((tx) => tx.run("MERGE (m:KgMeta {key: 'schema'}) SET m.value = $version", { version: SCHEMA_VERSION }));
}

async function readInto(session: Session, file: string, { progress }: RestoreOptions): Promise<number> {
  let rows = 0;
  let batch: BackupRow[] = [];
  const put = async (): Promise<void> => {
    const taken = batch;
    batch = [];
    if (taken.length > 0) await writingNow(session, (now) => putRows(now, taken));
    rows += taken.length;
    progress?.(rows, 0, "rows");
  };
  for await (const row of readBackup(file)) if (batch.push(row) >= ROWS_PER_BATCH) await put();
  await put();
  return rows;
}

async function putRows(now: Writing, batch: readonly BackupRow[]): Promise<void> {
  const of = <T extends keyof BackupRows>(t: T): readonly BackupRows[T][] => rowsOf(batch, t);
  const changes: ChangeSet = {
    resources: of("resource"),
    rekeyed: [],
    relations: of("relation"),
    episodes: of("episode"),
    links: [],
    incidents: of("incident"),
    removedIncidents: [],
    checkpoints: of("checkpoint"),
  };
  await write(now, changes);
  await putStates(now, of("state"));
  await addLinks(now.tx, episodeIds(now.tx), of("link"));
  for (const rule of of("mute")) await putMute(now.tx, rule);
  for (const word of of("feedback")) await putFeedback(now.tx, word);
}

/** Former states, oldest first: each is counted at its resource, whose present state began when it ended. */
async function putStates({ tx }: Writing, states: readonly BackupRows["state"][]): Promise<void> {
  if (states.length === 0) return;
  const places = states.map(({ cluster, rid, fromMs, toMs, patch }) => ({
    c: cluster,
    rid,
    from: fromMs,
    to: toMs,
    patch: JSON.stringify(patch),
  }));
  const counted = await tx.run(
    "UNWIND $rows AS row MATCH (r:Resource {client_id: row.c, rid: row.rid}) SET r.states = r.states + 1, r.since_ms = row.to RETURN r.states AS seq",
    { rows: places },
  );
  await tx.run(KEEP_STATES, { rows: places.map((place, at) => ({ ...place, seq: number(counted[at]?.seq) })) });
}
