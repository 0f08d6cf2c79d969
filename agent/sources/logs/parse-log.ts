// Log records to occurrences: contracts.md §1 LogRecord, Vector's kubernetes_logs, and {line, at, pod, namespace, container}. Most lines say nothing and are dropped.
import type { ResourceRef } from "../../domain/identity.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import type { Severity } from "../../domain/severity.ts";
import { parseSeverity, severityRank, worseSeverity } from "../../domain/severity.ts";
import type { Occurrence } from "../../domain/signal.ts";
import type { LogMatch } from "../../knowledge/log-patterns.ts";
import { logSeverity, matchLog, PLAIN_LOG_REASONS } from "../../knowledge/log-patterns.ts";
import type { Fields } from "../fields.ts";
import { clip, fieldsAt, firstTextAt, isFields, nameFault, textAt } from "../fields.ts";
import { keptText } from "../kept-text.ts";
import { logsCommand } from "../kubectl.ts";
import { occurrenceId } from "../occurrence-id.ts";
import { parseSubject } from "../parse-subject.ts";
import { parseTime, timeFault } from "../times.ts";
import type { LineSaid } from "./read-line.ts";
import { readLine } from "./read-line.ts";

const MESSAGE_LENGTH_MAX = 2 * 1024;
/** Lines of one record that are looked at: a stack trace says what it is at its top or in a late `Caused by`. */
const LINES_MAX = 60;

/** A line worth keeping, or why it is not. */
export type LogParsed = { readonly kept: Occurrence } | { readonly dropped: string };

/** Reason of a line that is kept because the user's own pattern matches it. */
const KEPT_REASON = "LogKept";

/** Parses a log record seen at `atMs`; lines that one of the user's `keep` patterns matches are kept too. Refused: no line, no owner, no time, or a time that cannot be believed. */
export function parseLog(value: unknown, cluster: string, atMs: number, keep: readonly RegExp[] = []): Result<LogParsed> {
  if (!isFields(value)) return refused("log: expected a log record");
  const line = firstTextAt(value, ["message", "line", "log", "body"]);
  if (line === undefined) return refused("message: missing");
  const said = readLine(line, atMs);
  const subject = ownerOf(value, said);
  if (!subject.ok) return subject;
  const verdict = judge(said, textAt(value, "severity"), keep);
  if (!verdict) return ok({ dropped: "log line below the bar" });
  const time = timeOf(value, said, atMs);
  if (!time.ok) return time;
  const container = containerOf(value);
  return ok({ kept: occurrence({ value, cluster, said, subject: subject.value, timeMs: time.value, container, ...verdict }) });
}

const KLOG_INFO = /^I\d{4} \d\d:\d\d:/;

type Verdict = { readonly severity: Severity; readonly reason: string; readonly match: LogMatch | undefined };

/** Kept: a known pattern, or written at ERROR or FATAL (contracts.md §6). A pattern in a line of level INFO or less is no more than a warning. */
function judge(said: LineSaid, given: string | undefined, keep: readonly RegExp[]): Verdict | undefined {
  const lines = said.message.split("\n", LINES_MAX);
  const stated = logSeverity(said.bare) ?? (given === undefined ? undefined : parseSeverity(given));
  let match: LogMatch | undefined;
  for (const line of lines) {
    match = matchLog(line);
    if (match) break;
  }
  if (match) {
    const { severity, id } = match.pattern;
    if (stated === undefined) return { severity, reason: id, match };
    // klog's letter is the program's own considered judgement: a component that calls a line informational reports no failure with it.
    if (KLOG_INFO.test(said.bare)) return { severity: "INFO", reason: id, match };
    const least = stated === "INFO" && severityRank(severity) > severityRank("WARNING") ? "WARNING" : severity;
    return { severity: worseSeverity(least, stated), reason: id, match };
  }
  if (stated === "ERROR" || stated === "FATAL") return { severity: stated, reason: PLAIN_LOG_REASONS[stated], match: undefined };
  return keep.some((pattern) => pattern.test(said.message))
    ? { severity: stated ?? "INFO", reason: KEPT_REASON, match: undefined }
    : undefined;
}

/** The pod: a full subject, Vector's `kubernetes`, `pod_…` fields, or `pod` and `namespace`; else the pod that the kubelet's journal names, else its machine. */
function ownerOf(value: Fields, said: LineSaid): Result<ResourceRef> {
  const kubernetes = fieldsAt(value, "kubernetes");
  const given = fieldsAt(value, "subject");
  const name = textAt(given, "name") ?? firstTextAt(kubernetes, ["pod_name", "pod"]) ?? firstTextAt(value, ["pod_name", "pod"]);
  const namespace =
    firstTextAt(given, ["ns", "namespace"]) ??
    firstTextAt(kubernetes, ["pod_namespace", "namespace_name", "namespace"]) ??
    firstTextAt(value, ["pod_namespace", "namespace"]);
  const uid = textAt(given, "uid") ?? firstTextAt(kubernetes, ["pod_uid", "pod_id"]) ?? textAt(value, "pod_uid");
  const kind = textAt(given, "kind") ?? (name !== undefined || uid !== undefined ? "Pod" : undefined);
  if (kind !== undefined) {
    const subject = parseSubject({ kind, ...(uid ? { uid } : {}), ...(namespace ? { ns: namespace } : {}), ...(name ? { name } : {}) });
    return subject.ok ? subject : refused(`subject${subject.reason}`);
  }
  const pod = /\bpod="([^"/]{1,253})\/([^"/]{1,253})"/.exec(said.message);
  if (pod && said.host !== undefined) return parseSubject({ kind: "Pod", ns: pod[1], name: pod[2] });
  const node = firstTextAt(value, ["node", "host", "hostname"]) ?? said.host;
  if (node === undefined) return refused("subject: the line belongs to no pod and no node");
  return nameFault(node) ? refused(`node: ${nameFault(node)}`) : ok({ kind: "Node", name: node });
}

function containerOf(value: Fields): string | undefined {
  const name =
    firstTextAt(fieldsAt(value, "kubernetes"), ["container_name", "container"]) ??
    firstTextAt(value, ["container", "container_name"]) ??
    textAt(fieldsAt(value, "labels"), "container");
  return name === undefined || nameFault(name) ? undefined : name;
}

/** The line's own time when it names its zone, then the record's, then the line's as UTC (but no later than the record was seen). */
function timeOf(value: Fields, said: LineSaid, atMs: number): Result<number> {
  const given = ["event_time", "at", "timestamp", "time", "@timestamp"].map((key) => parseTime(value[key])).find((ms) => ms !== undefined);
  const own = said.timeMs !== undefined && !timeFault(said.timeMs, atMs) ? said.timeMs : undefined;
  const ms =
    (said.zoned ? own : undefined) ?? given ?? (own === undefined ? undefined : Math.min(own, atMs)) ?? parseTime(value["fallbackAt"]);
  if (ms === undefined) return refused("at: neither the record nor the line has a time");
  const fault = timeFault(ms, atMs);
  return fault ? refused(`at: ${fault}`) : ok(ms);
}

type Kept = Verdict & {
  readonly value: Fields;
  readonly cluster: string;
  readonly said: LineSaid;
  readonly subject: ResourceRef;
  readonly timeMs: number;
  readonly container: string | undefined;
};

function occurrence({ value, cluster, said, subject, timeMs, container, severity, reason, match }: Kept): Occurrence {
  const message = keptText(said.message, MESSAGE_LENGTH_MAX);
  const discriminator = [reason, container].filter((part) => part !== undefined).join("/");
  const id = firstTextAt(value, ["event_id"]);
  const target = match?.target ?? textAt(value, "target");
  return {
    kind: "occurrence",
    cluster,
    eid:
      id !== undefined && !nameFault(id)
        ? id
        : occurrenceId({ cluster, etype: "k8s.log", subject, reason, discriminator, timeMs, text: message }),
    etype: "k8s.log",
    severity,
    reason,
    discriminator,
    message,
    category: match?.pattern.category ?? "application",
    subject,
    firstMs: timeMs,
    lastMs: timeMs,
    count: 1,
    holds: false,
    evidence: [
      {
        source: container ? `log of container ${container}` : subject.kind === "Node" ? "journal of the node" : "log",
        text: clip(message, 1024),
        ...commandFor(subject, container, timeMs),
      },
    ],
    ...(target ? { target: clip(target, 300) } : {}),
  };
}

function commandFor(subject: ResourceRef, container: string | undefined, timeMs: number): { readonly command?: string } {
  return subject.kind === "Pod" && subject.name !== subject.uid
    ? { command: logsCommand(subject.namespace, subject.name, container, timeMs) }
    : {};
}
