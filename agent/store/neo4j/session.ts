// One open store: its connection, what its writer remembers, and the lock that lets one writer in at a time.
import type { Resource } from "../../domain/resource.ts";
import type { Database, Tx } from "./connect.ts";

/** A resource as it is stored; `sinceMs`: since when its state holds, `states`: how many former ones it ever had. */
export type Stored = { readonly resource: Resource; readonly sinceMs: number; readonly states: number };

/** What one transaction will have written; remembered only once it has. */
export type Writing = {
  readonly tx: Tx;
  readonly session: Session;
  readonly stored: Map<string, Stored | undefined>;
  readonly clusters: Set<string>;
};

/** An open store. */
export type Session = {
  readonly database: Database;
  /** Live resources as they were last written, by {@link keyOf}: those that change are those that changed lately. */
  readonly written: Map<string, Stored>;
  /** Clusters that have their node. */
  readonly clusters: Set<string>;
  /** The end of the line of writers. */
  line: Promise<unknown>;
};

// About 100 bytes each beyond what the working set holds too: 5 MB.
const WRITTEN_MAX = 50_000;

/** A session that has written nothing yet. */
export function openSession(database: Database): Session {
  return { database, written: new Map(), clusters: new Set(), line: Promise.resolve() };
}

/** One key for a cluster and what is unique in it. */
export function keyOf(cluster: string, id: string): string {
  return `${cluster}\u0000${id}`;
}

/** Waits for the writers before, then runs alone: commits, cleanup batches and a backup take turns. */
export function inLine<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const turn = session.line.then(work);
  session.line = turn.catch(() => undefined);
  return turn;
}

/** One write transaction, in line; what it stored is remembered when it is durable, and everything is forgotten when it failed. */
export function writing<T>(session: Session, work: (writing: Writing) => Promise<T>): Promise<T> {
  return inLine(session, () => writingNow(session, work));
}

/** The same for whoever has the line already. */
export async function writingNow<T>(session: Session, work: (writing: Writing) => Promise<T>): Promise<T> {
  let made: Writing | undefined;
  try {
    const result = await session.database.write((tx) => {
      // A second try knows nothing of what the first one wrote.
      made = { tx, session, stored: new Map(), clusters: new Set() };
      return work(made);
    });
    if (made) remember(session, made);
    return result;
  } catch (error) {
    forget(session);
    throw error;
  }
}

/** Forgets what was written: another program may have written since, or a transaction's end is not known. */
export function forget(session: Session): void {
  session.written.clear();
  session.clusters.clear();
}

function remember(session: Session, { stored, clusters }: Writing): void {
  const { written } = session;
  if (written.size + stored.size > WRITTEN_MAX) written.clear();
  for (const [key, one] of stored) {
    // What has ended hardly changes any more.
    if (one === undefined || one.resource.endedAtMs !== undefined) written.delete(key);
    else written.set(key, one);
  }
  for (const name of clusters) session.clusters.add(name);
}
