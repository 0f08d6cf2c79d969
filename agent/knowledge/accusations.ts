// Log lines by which a client reports what its server told it: the trouble is the server's, and the server itself may say nothing of it.

/** A kind of server, by the words of its clients and by the images it runs from. */
export type Engine = { readonly id: string; readonly says: RegExp; readonly images: RegExp };

/** What a client's log reason says of its server. */
export type Accusation = { readonly reason: string; readonly phrase: string };

/** By reason of the client's line. The server answered, so it is not the network, and every client gets the same answer. */
export const ACCUSATIONS: Readonly<Record<string, Accusation>> = {
  DatabaseReadOnly: { reason: "ServerReadOnly", phrase: "refuses writes" },
  DatabaseTooManyConnections: { reason: "ServerConnectionsExhausted", phrase: "takes no more connections" },
};

/** Servers told apart by the wording of their errors (MySQL error reference 1290 and 1040; PostgreSQL error codes 25006 and 53300; Redis and MongoDB manuals). */
export const ENGINES: readonly Engine[] = [
  { id: "MySQL", says: /mysql|mariadb|--(?:super-)?read-only option|\b1290\b|Too many connections/i, images: /(?:mysql|mariadb|percona)/i },
  {
    id: "PostgreSQL",
    says: /postgres|psql|in a read-only transaction|too many clients|connection slots/i,
    images: /(?:postgres|postgis|timescale|pgpool)/i,
  },
  { id: "Redis", says: /redis|READONLY You can't|max number of clients/i, images: /(?:redis|valkey|keydb)/i },
  { id: "MongoDB", says: /mongo|NotWritablePrimary|not (?:master|primary)/i, images: /mongo/i },
];
