// The tables of the embedded store, as numbered migrations. A released migration is never edited; a change is a new one at the end.
//
// Names are interned: a cluster is a small number, a resource's rid is one row of `node`, and all other tables refer to those numbers, so that
// a stub that learns its uid moves by one update and rows stay small. Secondary indexes are in indexes.ts: the store works without them.

/** One step from a version to the next; `needs` is the first kgroot that reads the result. */
export type Migration = { readonly version: number; readonly needs: string; readonly statements: string };

/** `PRAGMA application_id` of a kgroot store: "kgrt". */
export const APPLICATION_ID = 0x6b677274;

/** All migrations, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    needs: "0.1.0",
    statements: `
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE cluster (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE node (id INTEGER PRIMARY KEY, cluster INTEGER NOT NULL, rid TEXT NOT NULL, UNIQUE (cluster, rid));
      -- One life of a resource: who it is and what was declared. The object is kept in parts: a version mostly changes few of them.
      CREATE TABLE resource (
        node INTEGER PRIMARY KEY, cluster INTEGER NOT NULL, kind TEXT NOT NULL, ns TEXT, name TEXT NOT NULL, uid TEXT,
        created_ms INTEGER NOT NULL, ended_ms INTEGER, labels TEXT, meta TEXT, owners TEXT, spec TEXT, rest TEXT);
      -- The parts of it that change all the time, on pages of their own. since_ms: since when the present state holds; former: the state before it, a row of state.
      CREATE TABLE present (
        node INTEGER PRIMARY KEY, updated_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL, former INTEGER, version TEXT, status TEXT);
      CREATE TRIGGER resource_gone AFTER DELETE ON resource BEGIN DELETE FROM present WHERE node = OLD.node; END;
      -- Former states: what turns the state after into this one (state-diff.ts), when it held, and the one before it. A chain rather than a key by
      -- resource: rows are only ever added at the end, which costs a tenth of the pages. Ids are never used twice, so a chain whose tail was deleted just ends.
      CREATE TABLE state (
        id INTEGER PRIMARY KEY AUTOINCREMENT, node INTEGER NOT NULL, former INTEGER, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, patch TEXT NOT NULL);
      -- One row for each time in which an edge held.
      CREATE TABLE relation (
        source INTEGER NOT NULL, type TEXT NOT NULL, target INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER, evidence TEXT,
        PRIMARY KEY (source, type, target, from_ms)) WITHOUT ROWID;
      -- end_ms: until when it holds or was seen; ${Number.MAX_SAFE_INTEGER} while it holds.
      CREATE TABLE episode (
        id INTEGER PRIMARY KEY, cluster INTEGER NOT NULL, eid TEXT NOT NULL, node INTEGER NOT NULL, etype TEXT NOT NULL, reason TEXT NOT NULL,
        severity INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, detail TEXT NOT NULL, aliases TEXT,
        UNIQUE (cluster, eid));
      CREATE TABLE episode_alias (cluster INTEGER NOT NULL, alias TEXT NOT NULL, episode INTEGER NOT NULL, PRIMARY KEY (cluster, alias)) WITHOUT ROWID;
      CREATE TABLE link (effect INTEGER NOT NULL, cause INTEGER NOT NULL, score REAL NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (effect, cause)) WITHOUT ROWID;
      CREATE TABLE incident (
        id INTEGER PRIMARY KEY, cluster INTEGER NOT NULL, iid TEXT NOT NULL, state TEXT NOT NULL, severity INTEGER NOT NULL, first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL, muted INTEGER NOT NULL, root_kind TEXT, root_reason TEXT, members TEXT NOT NULL, body TEXT NOT NULL,
        UNIQUE (cluster, iid));
      CREATE TABLE incident_alias (cluster INTEGER NOT NULL, alias TEXT NOT NULL, incident INTEGER NOT NULL, PRIMARY KEY (cluster, alias)) WITHOUT ROWID;
      CREATE TABLE member (episode INTEGER PRIMARY KEY, incident INTEGER NOT NULL);
      CREATE TABLE checkpoint (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE mute (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE feedback (
        cluster INTEGER NOT NULL, incident TEXT NOT NULL, rid TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (cluster, incident, rid, reason)) WITHOUT ROWID;
      -- Counts for statistics, kept up to date by every transaction.
      CREATE TABLE tally (cluster INTEGER NOT NULL, what TEXT NOT NULL, key TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (cluster, what, key)) WITHOUT ROWID;
      CREATE TABLE span (cluster INTEGER PRIMARY KEY, oldest_ms INTEGER NOT NULL, newest_ms INTEGER NOT NULL, newest_eid TEXT NOT NULL);`,
  },
];
