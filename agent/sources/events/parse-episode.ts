// contracts.md §1 EpisodeRecord: an occurrence that another program has already normalised; it keeps its event_id (§8).
import type { Category, EpisodeType } from "../../domain/episode.ts";
import { CATEGORIES, EPISODE_TYPES } from "../../domain/episode.ts";
import type { ResourceRef } from "../../domain/identity.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import type { Severity } from "../../domain/severity.ts";
import { parseSeverity } from "../../domain/severity.ts";
import type { Occurrence } from "../../domain/signal.ts";
import { classifyEvent } from "../../knowledge/event-reasons.ts";
import type { Fields } from "../fields.ts";
import { clip, fieldsAt, firstTextAt, isFields, nameFault, numberAt, textAt } from "../fields.ts";
import { keptText } from "../kept-text.ts";
import { parseSubject } from "../parse-subject.ts";
import { parseTime, timeFault } from "../times.ts";

const MESSAGE_LENGTH_MAX = 2 * 1024;

/** Parses an EpisodeRecord seen at `atMs`. Refused: no event_id, event_time, reason or subject; an unknown etype or severity word; a time that cannot be believed. */
export function parseEpisode(value: unknown, cluster: string, atMs: number): Result<Occurrence> {
  if (!isFields(value)) return refused("episode: expected an EpisodeRecord");
  const idFault = nameFault(value["event_id"]);
  if (idFault) return refused(`event_id: ${idFault}`);
  const timeMs = parseTime(value["event_time"]);
  if (timeMs === undefined) return refused("event_time: expected an RFC 3339 time");
  const fault = timeFault(timeMs, atMs);
  if (fault) return refused(`event_time: ${fault}`);
  const etype = parseEtype(value["etype"]);
  if (!etype) return refused(`etype: expected one of ${EPISODE_TYPES.join(", ")}`);
  const reason = textAt(value, "reason");
  if (reason === undefined) return refused("reason: missing");
  const severity = parseSeverity(textAt(value, "severity") ?? "INFO");
  if (!severity) return refused("severity: expected INFO, WARNING, ERROR or FATAL");
  const subject = parseSubject(value["subject"]);
  if (!subject.ok) return refused(`subject${subject.reason}`);
  return ok(occurrence({ value, cluster, etype, reason: clip(reason, 128), severity, subject: subject.value, timeMs }));
}

type Parsed = {
  readonly value: Fields;
  readonly cluster: string;
  readonly etype: EpisodeType;
  readonly reason: string;
  readonly severity: Severity;
  readonly subject: ResourceRef;
  readonly timeMs: number;
};

function occurrence({ value, cluster, etype, reason, severity, subject, timeMs }: Parsed): Occurrence {
  const message = keptText(textAt(value, "message") ?? "", MESSAGE_LENGTH_MAX);
  const known = etype === "k8s.event" ? classifyEvent(reason, severity === "INFO" ? "Normal" : "Warning", message) : undefined;
  const labels = fieldsAt(value, "labels");
  const clearedMs = parseTime(value["cleared_at"] ?? value["ends_at"]);
  return {
    kind: "occurrence",
    cluster,
    eid: String(value["event_id"]),
    etype,
    // Its producer said how bad it is: thresholds and escalation count from there.
    severity,
    reason: known?.reason ?? reason,
    discriminator: clip(firstTextAt(value, ["discriminator"]) ?? firstTextAt(labels, ["container", "fingerprint"]) ?? "", 253),
    message,
    category: CATEGORIES.find((category: Category) => category === value["category"]) ?? known?.category ?? "unknown",
    subject,
    firstMs: timeMs,
    lastMs: timeMs,
    count: Math.max(1, Math.min(1_000_000, Math.trunc(numberAt(value, "count") ?? 1))),
    holds: etype === "prom.alert" || etype === "k8s.state",
    ...(clearedMs !== undefined && clearedMs >= timeMs ? { clearedMs } : {}),
    evidence: [{ source: clip(textAt(value, "source") ?? etype, 128), text: clip(`${reason}: ${message}`, 1024) }],
  };
}

/** `k8s.event` when absent. */
function parseEtype(value: unknown): EpisodeType | undefined {
  return value === undefined ? "k8s.event" : EPISODE_TYPES.find((etype) => etype === value);
}
