// Prometheus alerts to occurrences that hold: Alertmanager's webhook (version 4), one alert of it or of its API, entries of Prometheus' /api/v1/alerts.
import { createHash } from "node:crypto";
import type { ResourceRef } from "../../domain/identity.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import type { Occurrence } from "../../domain/signal.ts";
import { alertCategory, alertSeverity } from "../../knowledge/vocabulary.ts";
import type { Fields } from "../fields.ts";
import { clip, fieldsAt, firstTextAt, isFields, textAt } from "../fields.ts";
import { keptText } from "../kept-text.ts";
import { occurrenceId } from "../occurrence-id.ts";
import { parseTime, timeFault } from "../times.ts";
import { alertSubject } from "./alert-subject.ts";

/** Alerts of one body. */
const ALERTS_MAX = 10_000;
const MESSAGE_LENGTH_MAX = 2 * 1024;

/** Alerts that are meant to fire always, or only steer other alerts. */
const NOT_ABOUT_ANYTHING = new Set(["Watchdog", "InfoInhibitor", "DeadMansSwitch", "PrometheusNotIngestingSamplesTest"]);

/** What became of one alert. */
export type AlertParsed = { readonly kept: Occurrence } | { readonly dropped: string };

/** Splits a body into single alerts, each with the body's cluster if it has none: so one bad alert does not take the others with it. */
export function splitAlerts(body: unknown): Result<readonly Fields[]> {
  if (!isFields(body) && !Array.isArray(body)) return refused("alerts: expected Alertmanager's webhook body, an alert or a list of alerts");
  const list = Array.isArray(body) ? body : Array.isArray(body["alerts"]) ? body["alerts"] : [body];
  if (list.length > ALERTS_MAX) return refused(`alerts: more than ${ALERTS_MAX} entries`);
  const cluster = isFields(body) && Array.isArray(body["alerts"]) ? firstTextAt(body, ["cluster", "client_id"]) : undefined;
  return ok(list.map((alert) => (isFields(alert) ? { ...(cluster ? { cluster } : {}), ...alert } : { alert })));
}

/** The cluster that one alert names: its own field, then (when the record names none) Prometheus' external label. */
export function clusterOfAlert(alert: Fields, given: string | undefined): string | undefined {
  return firstTextAt(alert, ["cluster", "client_id"]) ?? given ?? textAt(fieldsAt(alert, "labels"), "cluster");
}

/** Parses one alert seen at `atMs`. Refused: no alertname, no start, or a start that cannot be believed. Dropped: pending ones and watchdogs. */
export function parseAlert(value: unknown, cluster: string, atMs: number): Result<AlertParsed> {
  const labels = isFields(value) ? fieldsAt(value, "labels") : undefined;
  if (!isFields(value) || !labels) return refused("labels: missing");
  const name = textAt(labels, "alertname");
  if (name === undefined) return refused("labels.alertname: missing");
  if (NOT_ABOUT_ANYTHING.has(name)) return ok({ dropped: `${name} is no failure` });
  if (value["state"] === "pending") return ok({ dropped: "alert is pending" });
  const startMs = parseTime(value["startsAt"] ?? value["activeAt"] ?? value["starts_at"]);
  if (startMs === undefined) return refused("startsAt: expected an RFC 3339 time");
  const fault = timeFault(startMs, atMs);
  if (fault) return refused(`startsAt: ${fault}`);
  return ok({ kept: occurrence({ value, labels, name: clip(name, 128), startMs, cluster, atMs }) });
}

type Parsed = {
  readonly value: Fields;
  readonly labels: Fields;
  readonly name: string;
  readonly startMs: number;
  readonly cluster: string;
  readonly atMs: number;
};

function occurrence({ value, labels, name, startMs, cluster, atMs }: Parsed): Occurrence {
  const { subject, container } = alertSubject(name, labels, cluster);
  const fingerprint = clip(textAt(value, "fingerprint") ?? fingerprintOf(labels), 128);
  const clearedMs = endOf(value, startMs, atMs);
  const message = messageOf(value, name);
  const key = { cluster, etype: "prom.alert", subject, reason: name, discriminator: fingerprint, timeMs: startMs } as const;
  return {
    kind: "occurrence",
    cluster,
    eid: occurrenceId(key),
    etype: "prom.alert",
    severity: alertSeverity(name, firstTextAt(labels, ["severity", "priority", "level"])),
    reason: name,
    discriminator: fingerprint,
    message,
    category: alertCategory(name),
    subject,
    firstMs: startMs,
    lastMs: clearedMs ?? Math.max(startMs, atMs),
    count: 1,
    holds: true,
    ...(clearedMs === undefined ? {} : { clearedMs }),
    evidence: [
      {
        source: container ? `alert ${name} for container ${clip(container, 253)}` : `alert ${name}`,
        text: clip(`${message} ${labelText(labels, subject)}`, 1024),
      },
    ],
  };
}

/** When it stopped: `endsAt` of a resolved alert. On a firing one Alertmanager puts there when it will give up waiting, which lies ahead, or the year 1. */
function endOf(value: Fields, startMs: number, atMs: number): number | undefined {
  const endMs = parseTime(value["endsAt"]);
  const isPast = endMs !== undefined && endMs >= startMs && endMs <= atMs;
  if (value["status"] === "resolved") return isPast ? endMs : Math.max(startMs, atMs);
  return isPast && value["status"] !== "firing" ? endMs : undefined;
}

function messageOf(value: Fields, name: string): string {
  const annotations = fieldsAt(value, "annotations");
  const parts = [textAt(annotations, "summary"), firstTextAt(annotations, ["description", "message"])].filter((part) => part !== undefined);
  return keptText(parts.length > 0 ? [...new Set(parts)].map((part) => part.replace(/\.$/, "")).join(": ") : name, MESSAGE_LENGTH_MAX);
}

/** Alertmanager's own fingerprint needs Go's label hash; ours only has to be the same for the same labels. */
function fingerprintOf(labels: Fields): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => [key, String(labels[key])]);
  return createHash("sha256").update(JSON.stringify(pairs)).digest("hex").slice(0, 16);
}

function labelText(labels: Fields, subject: ResourceRef): string {
  const shown = Object.keys(labels)
    .filter((key) => key !== "alertname" && labels[key] !== subject.name && labels[key] !== subject.namespace)
    .slice(0, 20);
  return shown.length === 0 ? "" : `{${shown.map((key) => `${key}=${JSON.stringify(clip(String(labels[key]), 100))}`).join(", ")}}`;
}
