// How to reach a Neo4j database.

/** How to open a store in Neo4j. */
export type Neo4jOptions = {
  /** `bolt://`, `neo4j://` (a cluster: the driver finds the leader), each also with `+s` (TLS, known authorities) or `+ssc` (TLS, unchecked). */
  readonly uri: string;
  readonly user: string;
  readonly password?: string | undefined;
  /** Read anew whenever the server refuses what was read before: a password may be changed while the agent runs. */
  readonly passwordFile?: string | undefined;
  /** Absent: the user's home database. */
  readonly database?: string | undefined;
  /** Authority that signed the server's certificate, PEM; turns TLS on for `bolt://` and `neo4j://`. */
  readonly caFile?: string | undefined;
  /** One call may take this long in all, in milliseconds. Default: 120000. */
  readonly callMsMax?: number | undefined;
  /** The time, for backups. Default: the machine's. */
  readonly nowMs?: (() => number) | undefined;
};
