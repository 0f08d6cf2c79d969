// Kubernetes Events to occurrences: core v1, events.k8s.io/v1, and kubernetes-event-exporter's payload (a v1 Event with more about the object).
import type { ResourceRef } from "../../domain/identity.ts";
import { isClusterScoped } from "../../domain/identity.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import type { Occurrence } from "../../domain/signal.ts";
import { classifyEvent } from "../../knowledge/event-reasons.ts";
import type { Fields } from "../fields.ts";
import { clip, fieldsAt, firstTextAt, isFields, nameFault, numberAt, textAt } from "../fields.ts";
import { keptText } from "../kept-text.ts";
import { properKind } from "../kinds.ts";
import { eventsCommand } from "../kubectl.ts";
import { occurrenceId } from "../occurrence-id.ts";
import { earliest, latest, parseTime, timeFault } from "../times.ts";

const MESSAGE_LENGTH_MAX = 2 * 1024;
const REASON_LENGTH_MAX = 128;
const COUNT_MAX = 1_000_000;

type Span = { readonly firstMs: number; readonly lastMs: number; readonly count: number };

/** Parses one Event seen at `atMs`. Refused: no subject, no reason, no time at all, or a time that cannot be believed. */
export function parseEvent(value: unknown, cluster: string, atMs: number): Result<Occurrence> {
  if (!isFields(value)) return refused("event: expected a Kubernetes Event");
  const subject = parseRegarding(value);
  if (!subject.ok) return subject;
  const reason = textAt(value, "reason");
  if (reason === undefined) return refused("reason: missing");
  const span = parseSpan(value, atMs);
  if (!span.ok) return span;
  const message = keptText(firstTextAt(value, ["message", "note"]) ?? "", MESSAGE_LENGTH_MAX).trimEnd();
  const known = classifyEvent(clip(reason, REASON_LENGTH_MAX), textAt(value, "type") ?? "Normal", message);
  const discriminator = containerOf(regardingOf(value)) ?? clip(known.discriminatorHint ?? "", 253);
  const key = {
    cluster,
    etype: "k8s.event",
    subject: subject.value,
    reason: known.reason,
    discriminator,
    timeMs: span.value.firstMs,
    text: message,
  } as const;
  return ok({
    kind: "occurrence",
    cluster,
    eid: textAt(fieldsAt(value, "metadata"), "uid")?.slice(0, 128) ?? occurrenceId(key),
    etype: "k8s.event",
    severity: known.severity,
    reason: known.reason,
    discriminator,
    message,
    category: known.category,
    subject: subject.value,
    ...span.value,
    holds: false,
    evidence: [{ source: "Event", text: quoted(value, reason, message, span.value.count), command: eventsCommand(subject.value) }],
  });
}

function regardingOf(event: Fields): Fields | undefined {
  return fieldsAt(event, "involvedObject") ?? fieldsAt(event, "regarding");
}

function parseRegarding(event: Fields): Result<ResourceRef> {
  const regarding = regardingOf(event);
  if (!regarding) return refused("involvedObject: missing");
  for (const key of ["kind", "name"]) {
    const fault = nameFault(regarding[key]);
    if (fault) return refused(`involvedObject.${key}: ${fault}`);
  }
  const kind = properKind(String(regarding["kind"]));
  const name = String(regarding["name"]);
  const namespace = textAt(regarding, "namespace") ?? textAt(fieldsAt(event, "metadata"), "namespace");
  if (namespace !== undefined && nameFault(namespace)) return refused(`involvedObject.namespace: ${nameFault(namespace)}`);
  const uid = trueUid(kind, name, textAt(regarding, "uid"));
  return ok({ kind, ...(uid ? { uid } : {}), ...(namespace && !isClusterScoped(kind) ? { namespace } : {}), name });
}

/** The kubelet puts a node's name where its uid belongs, and the hash of the manifest for a static pod: neither is the object's uid. */
function trueUid(kind: string, name: string, uid: string | undefined): string | undefined {
  if (uid === undefined || uid === name || nameFault(uid)) return undefined;
  return kind === "Pod" && /^[0-9a-f]{32}$/.test(uid) ? undefined : uid;
}

function parseSpan(event: Fields, atMs: number): Result<Span> {
  const series = fieldsAt(event, "series");
  const eventTime = parseTime(event["eventTime"]);
  const first = earliest([parseTime(event["firstTimestamp"]), parseTime(event["deprecatedFirstTimestamp"]), eventTime]);
  const last = latest([
    parseTime(event["lastTimestamp"]),
    parseTime(event["deprecatedLastTimestamp"]),
    parseTime(series?.["lastObservedTime"]),
    eventTime,
  ]);
  const created = parseTime(fieldsAt(event, "metadata")?.["creationTimestamp"]);
  const firstMs = first ?? last ?? created;
  const lastMs = last ?? first ?? created;
  if (firstMs === undefined || lastMs === undefined) return refused("lastTimestamp: the event has no time");
  const fault = timeFault(firstMs, atMs) ?? timeFault(lastMs, atMs);
  if (fault) return refused(`lastTimestamp: ${fault}`);
  const count = numberAt(event, "count") ?? numberAt(event, "deprecatedCount") ?? numberAt(series, "count") ?? 1;
  return ok({ firstMs: Math.min(firstMs, lastMs), lastMs, count: Math.min(COUNT_MAX, Math.max(1, Math.trunc(count))) });
}

/** `spec.containers{app}` is about container `app`; so are init and ephemeral containers. */
function containerOf(regarding: Fields | undefined): string | undefined {
  const match = /^spec\.(?:containers|initContainers|ephemeralContainers)\{(.{1,253})\}$/.exec(textAt(regarding, "fieldPath") ?? "");
  return match?.[1] && !nameFault(match[1]) ? match[1] : undefined;
}

function quoted(event: Fields, reason: string, message: string, count: number): string {
  const component = textAt(fieldsAt(event, "source"), "component") ?? firstTextAt(event, ["reportingComponent", "reportingController"]);
  const times = count > 1 ? ` (×${count})` : "";
  return clip(`${textAt(event, "type") ?? "Normal"} ${reason}${times}${component ? ` from ${clip(component, 64)}` : ""}: ${message}`, 1024);
}
