// Turns what Neo4j and its driver report into the store's own faults: what happened, where, and what to do.
import { StoreFault, type StoreFaultKind } from "../port.ts";

type Known = readonly [kind: StoreFaultKind, text: string];

const UNREACHABLE: Known = [
  "transient",
  "cannot be reached; check that it runs and that store.neo4j.uri names it, the batch will be tried again",
];
const READ_ONLY: Known = [
  "transient",
  "takes no writes: the database is read-only, or this server is not its leader; make it writable or use a neo4j:// address, the batch will be tried again",
];
const REFUSED: Known = ["locked", "refused the login; check store.neo4j.user and store.neo4j.password or passwordFile"];
const NO_MEMORY: Known = [
  "transient",
  "ran out of memory for transactions; raise dbms.memory.transaction.total.max, the batch will be tried again",
];

// Codes: https://neo4j.com/docs/status-codes/current/errors/all-errors/
const FAULTS: readonly (readonly [code: RegExp, known: Known])[] = [
  [/^(ServiceUnavailable|SessionExpired)$/, UNREACHABLE],
  [/^Neo\.ClientError\.Security\.(Unauthorized|CredentialsExpired|TokenExpired)$/, REFUSED],
  [
    /^Neo\.ClientError\.Security\.AuthenticationRateLimit$/,
    ["transient", "refuses logins for a while after wrong ones; check user and password, the batch will be tried again"],
  ],
  [/^Neo\.ClientError\.Security\.Forbidden$/, ["locked", "forbids this to the user; grant it reading, writing and schema changes"]],
  [/^Neo\.ClientError\.(General\.(ForbiddenOnReadOnlyDatabase|WriteOnReadOnlyAccessDatabase)|Cluster\.NotALeader)$/, READ_ONLY],
  [/^Neo\.ClientError\.Database\.DatabaseNotFound$/, ["locked", "has no such database; check store.neo4j.database"]],
  [
    /^Neo\.ClientError\.Database\.DatabaseUnavailable$|^Neo\.TransientError\.(General|Database)\.DatabaseUnavailable$/,
    ["transient", "is there, but its database is not available yet; the batch will be tried again"],
  ],
  [/OutOfMemoryError$|^Neo\.TransientError\.General\.TransactionMemoryLimit$/, NO_MEMORY],
  // Two writers met at one key: whoever comes second reads it the next time.
  [
    /^Neo\.ClientError\.Schema\.ConstraintValidationFailed$/,
    ["transient", "already holds such a node, written by another program; the batch will be tried again"],
  ],
  [/^Neo\.ClientError\.Transaction\.TransactionTimedOut/, ["transient", "took too long for a call; the batch will be tried again"]],
  [/^Neo\.TransientError\./, ["transient", "could not finish; the batch will be tried again"]],
  [/^Neo\.DatabaseError\./, ["transient", "failed inside; see its log, the batch will be tried again"]],
];

/** The code of an error of Neo4j or its driver; undefined for other errors. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== "Neo4jError" || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** A fault with what led to it. */
export function faultOf(kind: StoreFaultKind, message: string, cause: unknown): StoreFault {
  return new StoreFault(kind, message, { cause });
}

/** Whether one transaction was too large for the memory that the server gives it. */
export function isTooLarge(error: unknown): boolean {
  const code = codeOf(error) ?? (error instanceof StoreFault ? codeOf(error.cause) : undefined);
  return code !== undefined && /OutOfMemoryError$|TransactionMemoryLimit$/.test(code);
}

/** The StoreFault that an error stands for; anything else is returned as it is, for it is a bug. */
export function asFault(error: unknown, where: string): unknown {
  const code = codeOf(error);
  if (error instanceof StoreFault || code === undefined) return error;
  const { message } = error as Error;
  const told = message.split("\n")[0]?.slice(0, 300) ?? "";
  // A TLS server ends the connection of whoever does not speak TLS, and the driver says no more than that.
  const known = FAULTS.find(([pattern]) => pattern.test(code))?.[1];
  if (!known) return error;
  return new StoreFault(known[0], `Neo4j at ${where} ${known[1]} (${code}: ${told})`, { cause: error });
}
