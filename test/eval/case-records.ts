// A Kubernetes case as records: the same bodies that a dump, an Alertmanager or a log shipper brings. Reshaping only; what they mean is the product's business.

import { kindStatements } from "../../agent/sources/dump/snapshot.ts";
import { type Fields, firstTextAt, textAt } from "../../agent/sources/fields.ts";
import type { RecordBody, SourceRecord } from "../../agent/sources/port.ts";
import { alertBodies } from "./case-alerts.ts";
import { type CaseContext, contextOf, isPodOf, nameOf, objectsIn } from "./case-context.ts";
import { logBodies } from "./case-logs.ts";
import { unitBodies } from "./case-units.ts";
import type { EvalCase } from "./read-case.ts";

/** All records of a case, objects first, as the moment after the symptom was noticed. */
export async function caseRecords(given: EvalCase): Promise<readonly SourceRecord[]> {
  const context = contextOf(given);
  const bodies: RecordBody[] = [
    ...context.objects.map((value): RecordBody => ({ kind: "object", op: "UPSERT", value })),
    ...completeness(given, context.objects),
    ...given.of("event").map((line): RecordBody => ({ kind: "event", value: line["event"] })),
    ...given.of("edge").flatMap((line) => edgeBody(line, context)),
    ...alertBodies(given, context),
    ...unitBodies(given, context),
    ...(await logBodies(given, context)),
  ];
  return bodies.map((body, at) => ({ origin: { source: "dump", file: given.id, line: at + 1 }, atMs: context.atMs, body }));
}

/** Every kind that the case lists is listed whole, as `kubectl get` of the namespace would; one that was applied and is not there was listed too. */
function completeness(given: EvalCase, objects: readonly Fields[]): readonly RecordBody[] {
  const kinds = [...new Set([...objects, ...objectsIn(given, "manifest")].flatMap((object) => textAt(object, "kind") ?? []))];
  const items = objects.map((value) => ({ is: "object" as const, value, path: "" }));
  return kindStatements(
    items,
    kinds.map((kind) => ({ kind })),
    true,
  ).map(({ key, text }): RecordBody => ({ kind: "gap", key, text }));
}

/**
 * A dependency between services as a mesh or tracing tells it: of the Services, of the workload behind the caller and of its pods. A caller that nothing in
 * the cluster is called like (a browser) is outside and left out.
 */
function edgeBody(line: Fields, { namespace, has, objects }: CaseContext): readonly RecordBody[] {
  const from = firstTextAt(line, ["from"]) ?? "";
  const to = firstTextAt(line, ["to"]) ?? "";
  if (textAt(line, "kind") !== "CALLS") return [];
  const workloads = ["Service", "Deployment", "StatefulSet", "DaemonSet"]
    .filter((kind) => has(kind, from))
    .map((kind) => `${kind.toLowerCase()}:${namespace}:${from}`);
  const pods = objects
    .filter((object) => object["kind"] === "Pod" && isPodOf(nameOf(object), from))
    .map((pod) => `pod:${namespace}:${nameOf(pod)}`);
  return [...workloads, ...pods].map((caller) => ({
    kind: "edge",
    value: { op: "UPSERT", type: "CALLS", from: caller, to: `service:${namespace}:${to}` },
  }));
}
