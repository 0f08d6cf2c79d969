// What one JSON value of a recording or dump is, told by its shape alone: a watch event, a record of contracts.md §1, an alert, an object.
import type { Fields } from "./fields.ts";
import { fieldsAt, firstTextAt, isFields, textAt } from "./fields.ts";
import type { RecordBody } from "./port.ts";
import { latest, parseTime } from "./times.ts";

/** `body`: hand it on. `complete`: the first list of this kind has ended. `skip`: nothing to read (bookmarks, notes of the recorder). `unknown`: no shape we know. */
export type LineMeaning =
  | { readonly is: "body"; readonly body: RecordBody; readonly atMs: number | undefined; readonly cluster: string | undefined }
  | { readonly is: "complete"; readonly kind: string; readonly atMs: number | undefined }
  | { readonly is: "skip"; readonly reason: string }
  | { readonly is: "unknown" };

const BODY_KINDS = ["object", "resource", "edge", "event", "episode", "log", "alert"] as const;

/** Classifies a parsed JSON value; never throws. */
export function recordedLine(value: unknown): LineMeaning {
  if (!isFields(value)) return { is: "unknown" };
  if (isFields(value["body"]) && typeof value["atMs"] === "number") return ownRecord(value, value["body"]);
  if (typeof value["type"] === "string" && /^[A-Z]+$/.test(value["type"]) && value["event_id"] === undefined && value["op"] === undefined) {
    return watchEvent(value, value["type"]);
  }
  const body = bodyOf(value);
  if (!body) return { is: "unknown" };
  return { is: "body", body, atMs: timeOf(value), cluster: firstTextAt(value, ["cluster", "client_id"]) };
}

function ownRecord(value: Fields, given: Fields): LineMeaning {
  const cluster = textAt(value, "cluster");
  const atMs = parseTime(value["atMs"]);
  const kind = BODY_KINDS.find((known) => known === given["kind"]);
  if (kind === "object") {
    return { is: "body", body: { kind, op: given["op"] === "DELETE" ? "DELETE" : "UPSERT", value: given["value"] }, atMs, cluster };
  }
  if (kind) return { is: "body", body: { kind, value: given["value"] }, atMs, cluster };
  const key = textAt(given, "key");
  if (given["kind"] !== "gap" || key === undefined) return { is: "unknown" };
  return { is: "body", body: { kind: "gap", key, text: textAt(given, "text") }, atMs, cluster };
}

function watchEvent(value: Fields, type: string): LineMeaning {
  const object = fieldsAt(value, "object");
  const atMs = parseTime(value["at"]);
  if (type === "BOOKMARK") {
    const annotations = fieldsAt(fieldsAt(object, "metadata"), "annotations");
    const kind = textAt(object, "kind");
    return kind && annotations?.["k8s.io/initial-events-end"] === "true"
      ? { is: "complete", kind, atMs }
      : { is: "skip", reason: "bookmark" };
  }
  if (type === "ACTION") return { is: "skip", reason: "action" };
  if (type === "ERROR") return { is: "skip", reason: "watch error" };
  if (!object || !["ADDED", "MODIFIED", "DELETED"].includes(type)) return { is: "unknown" };
  const cluster = textAt(value, "cluster");
  if (!isEventObject(object))
    return { is: "body", body: { kind: "object", op: type === "DELETED" ? "DELETE" : "UPSERT", value: object }, atMs, cluster };
  return type === "DELETED"
    ? { is: "skip", reason: "event expired" }
    : { is: "body", body: { kind: "event", value: object }, atMs, cluster };
}

function bodyOf(value: Fields): RecordBody | undefined {
  if (isEventObject(value)) return { kind: "event", value };
  if (isFields(value["metadata"]) && textAt(value, "kind") && textAt(value, "apiVersion")) return { kind: "object", op: "UPSERT", value };
  if (textAt(value, "from") && textAt(value, "to") && textAt(value, "type")) return { kind: "edge", value };
  if (textAt(value, "event_id")) return { kind: value["etype"] === "k8s.log" ? "log" : "episode", value };
  if (
    textAt(value, "kind") &&
    (value["op"] !== undefined || value["client_id"] !== undefined) &&
    (textAt(value, "uid") || textAt(value, "name"))
  ) {
    return { kind: "resource", value };
  }
  if (isAlert(value)) return { kind: "alert", value };
  const isLog = textAt(value, "line") !== undefined || (textAt(value, "message") !== undefined && isFields(value["kubernetes"]));
  return isLog ? { kind: "log", value } : undefined;
}

/** Whether the object is an Event of either API group, or an event exporter's payload, which has no kind. */
export function isEventObject(value: Fields): boolean {
  if (value["kind"] === "Event") return true;
  return textAt(value, "reason") !== undefined && (isFields(value["involvedObject"]) || isFields(value["regarding"]));
}

/** Whether the value is an Alertmanager webhook body or one alert. */
export function isAlert(value: Fields): boolean {
  if (Array.isArray(value["alerts"])) return true;
  return textAt(fieldsAt(value, "labels"), "alertname") !== undefined;
}

/** When the record was seen, by its own word. */
function timeOf(value: Fields): number | undefined {
  for (const key of ["at", "event_time", "timestamp", "receivedAt"]) {
    const atMs = parseTime(value[key]);
    if (atMs !== undefined) return atMs;
  }
  return isEventObject(value) ? latest(["lastTimestamp", "eventTime", "firstTimestamp"].map((key) => parseTime(value[key]))) : undefined;
}
