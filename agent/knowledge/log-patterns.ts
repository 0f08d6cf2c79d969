// What a log line says: which known failure, about which host, and at which level it was written.
import type { Severity } from "../domain/severity.ts";
import { parseSeverity } from "../domain/severity.ts";
import type { LogPattern } from "./log-pattern.ts";
import { DATABASE_LOG_PATTERNS } from "./logs-database.ts";
import { HTTP_LOG_PATTERNS, NETWORK_LOG_PATTERNS, UPSTREAM_LOG_PATTERNS } from "./logs-network.ts";
import { CONTAINER_LOG_PATTERNS, STORAGE_LOG_PATTERNS } from "./logs-platform.ts";
import { CRASH_LOG_PATTERNS, EXHAUSTION_LOG_PATTERNS, SECURITY_LOG_PATTERNS } from "./logs-process.ts";

/** Every pattern, most specific first: what names its cause before what only says that something broke. */
export const LOG_PATTERNS: readonly LogPattern[] = [
  ...CONTAINER_LOG_PATTERNS,
  ...DATABASE_LOG_PATTERNS,
  ...STORAGE_LOG_PATTERNS,
  ...EXHAUSTION_LOG_PATTERNS,
  ...SECURITY_LOG_PATTERNS,
  ...UPSTREAM_LOG_PATTERNS,
  ...NETWORK_LOG_PATTERNS,
  ...CRASH_LOG_PATTERNS,
  ...HTTP_LOG_PATTERNS,
];

/** Reasons of kept lines that match no pattern, by their level. */
export const PLAIN_LOG_REASONS: Readonly<Record<"ERROR" | "FATAL", string>> = { ERROR: "LogError", FATAL: "LogFatal" };

/** The pattern a line matches, and the host or host:port it names. */
export type LogMatch = { readonly pattern: LogPattern; readonly target?: string };

/** Patterns look no further into a line than this. */
const LINE_SCAN_MAX = 2_000;

/** All needles in one alternation: a line without any is dropped after one pass. */
const GATE = new RegExp(gateSource(LOG_PATTERNS.flatMap(({ needles }) => needles)));

/** The most specific pattern that the first 2000 characters of a line match. */
export function matchLog(line: string): LogMatch | undefined {
  const text = line.length > LINE_SCAN_MAX ? line.slice(0, LINE_SCAN_MAX) : line;
  const lower = text.toLowerCase();
  if (!GATE.test(lower)) return undefined;
  for (const pattern of LOG_PATTERNS) {
    if (!pattern.needles.some((needle) => lower.includes(needle)) || !pattern.regex.test(text)) continue;
    const target = targetIn(text, pattern);
    return target ? { pattern, target } : { pattern };
  }
  return undefined;
}

function targetIn(text: string, { targets }: LogPattern): string | undefined {
  for (const regex of targets ?? []) {
    const match = regex.exec(text);
    const host = match?.[1]?.replace(/[.-]{1,253}$/, "");
    if (host) return match?.[2] ? `${host}:${match[2]}` : host;
  }
  return undefined;
}

/** A needle that contains another one adds nothing to the gate. */
function gateSource(needles: readonly string[]): string {
  const unique = [...new Set(needles)];
  const shortest = unique.filter((needle) => !unique.some((other) => other !== needle && needle.includes(other)));
  return shortest
    .sort()
    .map((needle) => needle.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("|");
}

/** Words of loggers that the four severities' own words do not cover. */
const LEVEL_WORDS: Readonly<Record<string, Severity>> = {
  SEVERE: "ERROR",
  ERRO: "ERROR",
  EROR: "ERROR",
  FAIL: "ERROR",
  FAILURE: "ERROR",
  E: "ERROR",
  FTL: "FATAL",
  FATA: "FATAL",
  CRIT: "FATAL",
  CRT: "FATAL",
  PANI: "FATAL",
  DPANIC: "FATAL",
  F: "FATAL",
  WRN: "WARNING",
  W: "WARNING",
  WARNI: "WARNING",
  INF: "INFO",
  DBG: "INFO",
  DEBU: "INFO",
  DBUG: "INFO",
  VRB: "INFO",
  VERBOSE: "INFO",
  FINE: "INFO",
  CONFIG: "INFO",
  NOTE: "INFO",
  I: "INFO",
  D: "INFO",
  LOG: "INFO",
  STATEMENT: "INFO",
  DETAIL: "INFO",
  HINT: "INFO",
};

/** `"level":"error"` and its relatives; numbers are those of pino and bunyan (50 error, 60 fatal). */
const JSON_LEVEL =
  /"(?:level|severity|lvl|log\.level|loglevel|log_level|levelname|severity_text|severityText|s)" ?: ?(?:"([A-Za-z]{1,13})\d?"|(\d{1,2})\b)/;
/** `level=error`. */
const LOGFMT_LEVEL = /(?:^|[\s,;{|])(?:level|lvl|severity|loglevel)=["']?([A-Za-z]{1,13})\b/i;
/** klog: a letter, month and day, a time. */
const KLOG_LEVEL = /(?:^|[ \t])([IWEF])\d{4} \d{2}:\d{2}:\d{2}/;
/** A word in brackets, in any case: `[error]`, `<warn>`, `[core:error]`. */
const BRACKET_LEVEL =
  /[[<](?:[a-z0-9_]{1,20}:)?(trace|debug|info|notice|note|warn|warning|error|err|crit|critical|alert|emerg|fatal|panic)[\]>]/i;
/** A bare word in capitals, standing alone; not the `ERROR` of `ERROR=0`, `/ERROR` or `ERRORS`. */
const BARE_LEVEL =
  /(?:^|[\s[(<|:"'*,]|\[[0-9;]{1,8}m)(TRACE|DEBUG|DEBU|DBG|VRB|VERBOSE|INFO|INF|NOTICE|WARNING|WARN|WRN|ERROR|ERRO|ERR|SEVERE|CRITICAL|CRIT|ALERT|EMERG|FATAL|FATA|FTL|PANIC|LOG|STATEMENT|DETAIL|HINT)(?![\w=/]|[-.]\w)/;
/** A lower-case word that opens the line and ends in a colon: `error: …`, `fail: …` (.NET), `Error: …` (Node.js). */
const OPENING_LEVEL = /^(trace|debug|dbug|info|warn|warning|error|err|fail|crit|critical|fatal|Error|Warning|Fatal)(?:\[[^\]]{1,20}\])?: /;

/** How far into a line a level is looked for; in JSON further, since keys come in any order. */
const LEVEL_SCAN_MAX = 120;

/**
 * The level a line was written at, in JSON, logfmt, klog, bracketed or plain form; undefined when it states none. The first level counts, so that the
 * word ERROR in the text of an INFO line does not.
 */
export function logSeverity(line: string): Severity | undefined {
  if (line.charCodeAt(0) === 0x7b) {
    const json = JSON_LEVEL.exec(line.length > LINE_SCAN_MAX ? line.slice(0, LINE_SCAN_MAX) : line);
    if (json) return json[1] ? severityOfWord(json[1]) : severityOfNumber(Number(json[2]));
  }
  const head = line.length > LEVEL_SCAN_MAX ? line.slice(0, LEVEL_SCAN_MAX) : line;
  const word = KLOG_LEVEL.exec(head)?.[1] ?? LOGFMT_LEVEL.exec(head)?.[1] ?? firstWord(head);
  return word ? severityOfWord(word) : undefined;
}

/** Of a bracketed and a bare level the one that comes first. */
function firstWord(head: string): string | undefined {
  const bracket = BRACKET_LEVEL.exec(head);
  const bare = BARE_LEVEL.exec(head);
  if (bracket && (!bare || bracket.index <= bare.index)) return bracket[1];
  return bare?.[1] ?? OPENING_LEVEL.exec(head)?.[1];
}

function severityOfWord(word: string): Severity | undefined {
  return parseSeverity(word) ?? LEVEL_WORDS[word.toUpperCase()];
}

/** pino and bunyan count in tens from 10 (trace) to 60 (fatal); smaller numbers are syslog's, from 7 (debug) to 0 (emergency). */
function severityOfNumber(level: number): Severity | undefined {
  if (level >= 60) return "FATAL";
  if (level >= 50) return "ERROR";
  if (level >= 40) return "WARNING";
  if (level >= 10) return "INFO";
  if (level <= 2) return "FATAL";
  if (level === 3) return "ERROR";
  return level === 4 ? "WARNING" : "INFO";
}
