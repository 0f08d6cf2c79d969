// The shape of a log pattern, and where a line names the host that it speaks of.
import type { Category } from "../domain/episode.ts";
import type { Severity } from "../domain/severity.ts";

/** The ten groups of contracts.md §6. */
export const LOG_GROUPS = [
  "containers",
  "images",
  "probes",
  "network",
  "exhaustion",
  "crashes",
  "database",
  "security",
  "storage",
  "http",
] as const;

/** One of the ten groups. */
export type LogGroup = (typeof LOG_GROUPS)[number];

/** A failure that log lines of many programs word alike. */
export type LogPattern = {
  /** CamelCase; the reason of the episode. */
  readonly id: string;
  readonly group: LogGroup;
  readonly category: Category;
  /** The least severity of a line that matches, whatever level it was written at. */
  readonly severity: Severity;
  /** Lower case; the regex is tried only on lines that contain one of these. */
  readonly needles: readonly string[];
  /** No unbounded quantifier: a hostile line must not cost more than its length times a constant. */
  readonly regex: RegExp;
  /** Tried in order; group 1 is the host or host:port, group 2 a port named apart. */
  readonly targets?: readonly RegExp[];
  /** Lines that match, each with the target it names, if any. */
  readonly examples: readonly (readonly [line: string, target?: string])[];
  /** Lines that look alike and must not match this pattern. */
  readonly negatives: readonly string[];
};

/** `scheme://user:password@host:port`. */
const URL_HOST =
  /\b(?:https?|grpcs?|tcp|amqps?|rediss?|mongodb(?:\+srv)?|postgres(?:ql)?|mysql|mariadb|sqlserver|nats|kafka|wss?|ldaps?):\/\/(?:[^\s@/"']{1,200}@)?([a-z0-9][a-z0-9.-]{0,252}(?::\d{1,5})?)/i;
/** Go's resolver. */
const LOOKUP = /\blookup ([a-z0-9_][\w.-]{0,252})/i;
/** Resolvers of libc, Node.js, Java, Python, .NET. */
const RESOLVER =
  /(?:ENOTFOUND|EAI_AGAIN|UnknownHostException:|(?:could not|failed to|can't|cannot) (?:resolve|translate)(?: host(?: ?name)?)?:?|resolving host|not resolve host:|resolution failed for|host not found in upstream|nodename|No such host is known\.?) {0,2}["'(]{0,2}([a-z0-9_][\w.-]{0,252}(?::\d{1,5})?)/i;
/** Python's urllib3: `host='x', port=80`. */
const HOST_AND_PORT = /host='([^']{1,253})', port='?(\d{1,5})/i;
/** libpq: `at "db" (10.0.0.1), port 5432`; MySQL: `on 'db:3306'`; Redis and Mongo clients: `db:6379`. */
const DATABASE_HOST =
  /(?:server (?:at|on|on host)|to server at|connect to (?:MySQL )?(?:server on)?|database server(?: running)? on host) ["']([^"':\s]{1,253})["']?(?:(?: \([^)]{1,60}\))?[,:]{0,1} {0,1}(?:port )?(\d{1,5}))?/i;
/** A host with a port after a word that announces one. */
const ANNOUNCED =
  /(?:\bto|\bat|\bfrom|\bon|address(?:es)?|addr|hosts?|server|broker|endpoint|tcp|node -?\d{1,5}|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)[ =:"'(/[]{1,4}((?:[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,8}|\d{1,3}(?:\.\d{1,3}){3})(?:\/(?:<unresolved>:|\d{1,3}(?:\.\d{1,3}){3}:)|:)\d{2,5})(?!\d|\.\d)/i;

/** Go's pair of addresses: ours, then theirs. */
const PEER = /\b(?:read|write) tcp [^\s>]{1,60}->([^\s]{1,60}:\d{1,5}): /;

/** For failures to connect. */
export const CONNECTION_TARGETS: readonly RegExp[] = [URL_HOST, PEER, LOOKUP, HOST_AND_PORT, DATABASE_HOST, ANNOUNCED];

/** For failures to resolve a name: the name itself rather than the address of the server that was asked. */
export const NAME_TARGETS: readonly RegExp[] = [LOOKUP, RESOLVER, URL_HOST, HOST_AND_PORT];

/** Only what a URL names: for lines whose other addresses are the client's. */
export const URL_TARGETS: readonly RegExp[] = [URL_HOST];

/** For failures of a database. */
export const DATABASE_TARGETS: readonly RegExp[] = [DATABASE_HOST, URL_HOST, LOOKUP, HOST_AND_PORT, ANNOUNCED];
