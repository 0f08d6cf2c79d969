// Alerts and probes of a case as Alertmanager would send them.
import { createHash } from "node:crypto";
import { type Fields, firstTextAt, listAt, textAt } from "../../agent/sources/fields.ts";
import type { RecordBody } from "../../agent/sources/port.ts";
import type { CaseContext } from "./case-context.ts";
import type { EvalCase } from "./read-case.ts";

/** What the anomaly detector of the case calls a thing, and what an alert rule for it is usually called. */
const ALERT_NAMES: Readonly<Record<string, string>> = {
  LATENCY_DEGRADATION: "ServiceLatencyHigh",
  ERROR_SPIKE: "ServiceErrorRateHigh",
  THROUGHPUT_DROP: "ServiceThroughputLow",
  TRAFFIC_ANOMALY: "ServiceTrafficUnusual",
  RESOURCE_SATURATION: "ServiceSaturated",
};

/** What users feel pages somebody; the rest is worth a look (Google SRE Book, Monitoring Distributed Systems). */
const PAGES = new Set(["LATENCY_DEGRADATION", "ERROR_SPIKE"]);

/** Service anomalies, failed user actions and failed TCP checks. */
export function alertBodies(given: EvalCase, context: CaseContext): readonly RecordBody[] {
  const alerts = given.of("alert").flatMap((line) => alertsOf(line["alert"] as Fields, context));
  const probes = given
    .of("probe")
    .filter((line) => line["ok"] === false)
    .map((line) => probeAlert(line, context));
  return [...alerts, ...probes].map((value): RecordBody => ({ kind: "alert", value }));
}

function alertsOf(alert: Fields, context: CaseContext): readonly Fields[] {
  const entry = textAt(alert, "entry_service");
  if (entry !== undefined) return [userAction(alert, entry, context)];
  const service = firstTextAt(alert, ["name", "entity_name"]) ?? "";
  const range = textAt(alert, "time_range") ?? "";
  // The cluster's clocks show UTC+8.
  const startMs = Date.parse(`${range.slice(0, 19).replace(" ", "T")}+08:00`);
  return listAt(alert, "evidence").flatMap((text) => {
    if (typeof text !== "string") return [];
    const word = /^[A-Z_]+/.exec(text)?.[0] ?? "";
    const alertname =
      word === "RESOURCE_SATURATION" && /throttl/i.test(text) ? "CPUThrottlingHigh" : (ALERT_NAMES[word] ?? "ServiceAnomaly");
    return [
      firing(
        { alertname, service, severity: PAGES.has(word) ? "critical" : "warning" },
        text,
        Number.isNaN(startMs) ? context.atMs : startMs,
        context,
      ),
    ];
  });
}

function userAction(alert: Fields, entry: string, context: CaseContext): Fields {
  const what = [textAt(alert, "request_method"), textAt(alert, "url")].filter((part) => part !== undefined).join(" ");
  const text = `${textAt(alert, "business_action") ?? "Request"} fails: ${what}: ${textAt(alert, "raw_error") ?? ""} (${String(alert["occurrences"] ?? 1)} times)`;
  const service = context.has("Service", entry) || context.has("Deployment", entry) ? { service: entry } : {};
  return firing(
    { alertname: "HttpRequestsFailing", ...service, severity: "critical", url: textAt(alert, "url") ?? "" },
    text,
    context.atMs,
    context,
  );
}

/** The blackbox exporter's `probe_success == 0`. */
function probeAlert(line: Fields, context: CaseContext): Fields {
  const service = textAt(line, "service") ?? "";
  const labels = { alertname: "ProbeFailed", service, port: String(line["port"] ?? ""), severity: "critical" };
  return firing(
    labels,
    `TCP check of ${service}:${String(line["port"])} failed: ${(textAt(line, "output") ?? "").slice(0, 300)}`,
    context.atMs,
    context,
  );
}

function firing(labels: Readonly<Record<string, string | undefined>>, description: string, startMs: number, context: CaseContext): Fields {
  const all = { ...labels, namespace: context.namespace };
  return {
    status: "firing",
    labels: all,
    annotations: { description },
    startsAt: new Date(Math.min(startMs, context.atMs)).toISOString(),
    fingerprint: createHash("sha256")
      .update(JSON.stringify([all, description]))
      .digest("hex")
      .slice(0, 16),
  };
}
