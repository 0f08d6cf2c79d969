// contracts.md §1 ResourceRecord: kgroot's own carries the object, the existing watchers' only hints, which become a partial object.
import type { JsonObject, KubeObject, OwnerReference } from "../../domain/kube-object.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import type { Fields } from "../fields.ts";
import { fieldsAt, firstTextAt, isFields, listAt, nameFault, numberAt, textAt, textMap } from "../fields.ts";
import { properKind } from "../kinds.ts";
import { parseTime, timeFault } from "../times.ts";
import { parseObject } from "./parse-object.ts";
import { projectFields } from "./project.ts";

/** A ResourceRecord's meaning. */
export type ResourceSeen = { readonly op: "UPSERT" | "DELETE"; readonly atMs: number; readonly object: KubeObject };

/** Workloads whose containers are described in a template. */
const TEMPLATED = new Set(["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job"]);

/** Parses a ResourceRecord; `atMs` is taken where the record does not say when. A DELETE needs no more than kind and uid. */
export function parseResourceRecord(value: unknown, atMs: number): Result<ResourceSeen> {
  if (!isFields(value)) return refused("resource: expected a ResourceRecord");
  const op = parseOp(value["op"]);
  if (!op) return refused("op: expected UPSERT or DELETE");
  const seenMs = value["at"] === undefined ? atMs : parseTime(value["at"]);
  if (seenMs === undefined) return refused("at: expected an RFC 3339 time");
  const fault = timeFault(seenMs, atMs);
  if (fault) return refused(`at: ${fault}`);
  const object = isFields(value["object"]) ? parseCarried(value, value["object"], atMs) : parseHints(value, op);
  return object.ok ? ok({ op, atMs: seenMs, object: object.value }) : object;
}

/** `UPSERT` or `DELETE` in any case, also by the words of `/api/v1/updates`; UPSERT when absent. */
export function parseOp(value: unknown): "UPSERT" | "DELETE" | undefined {
  if (value === undefined) return "UPSERT";
  const word = typeof value === "string" ? value.toUpperCase() : "";
  if (word === "DELETE" || word === "DELETED") return "DELETE";
  return ["UPSERT", "CREATE", "UPDATE", "ADDED", "MODIFIED"].includes(word) ? "UPSERT" : undefined;
}

function parseCarried(record: Fields, object: Fields, atMs: number): Result<KubeObject> {
  const parsed = parseObject(object, atMs);
  if (!parsed.ok) return refused(`object.${parsed.reason}`);
  const uid = textAt(record, "uid");
  if (uid && parsed.value.metadata.uid && uid !== parsed.value.metadata.uid)
    return refused("object.metadata.uid: differs from the record's uid");
  return parsed;
}

function parseHints(record: Fields, op: "UPSERT" | "DELETE"): Result<KubeObject> {
  const kindFault = nameFault(record["kind"]);
  if (kindFault) return refused(`kind: ${kindFault}`);
  const uid = textAt(record, "uid");
  const name = textAt(record, "name") ?? (op === "DELETE" ? uid : undefined);
  const fault = nameFault(record["name"] ?? name) ?? (uid === undefined ? undefined : nameFault(uid));
  if (name === undefined || fault) return refused(`name: ${fault ?? "missing"}`);
  const namespace = firstTextAt(record, ["namespace", "ns"]);
  if (namespace !== undefined && nameFault(namespace)) return refused(`namespace: ${nameFault(namespace)}`);
  const kind = properKind(String(record["kind"]));
  const spec = projectFields({ ...hintedSpec(record, kind), ...fieldsAt(record, "spec") }, "spec");
  const status = projectFields({ ...hintedStatus(record), ...fieldsAt(record, "status") }, "status");
  if (!spec.ok) return spec;
  if (!status.ok) return status;
  const labels = textMap(record["labels"], 200, 253);
  const ownerReferences = parseOwners(record);
  return ok({
    apiVersion: textAt(record, "apiVersion") ?? "v1",
    kind,
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(labels ? { labels } : {}),
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    ...filled("spec", spec.value),
    ...filled("status", status.value),
    partial: true,
  });
}

function filled(key: "spec" | "status", value: JsonObject): { spec?: JsonObject; status?: JsonObject } {
  return Object.keys(value).length > 0 ? { [key]: value } : {};
}

/** The watchers name owners without saying which controls; a single owner does. */
function parseOwners(record: Fields): readonly OwnerReference[] | undefined {
  const entries = listAt(record, "ownerRefs").slice(0, 64);
  const owners = entries.filter(isFields).flatMap((entry): OwnerReference[] => {
    if (nameFault(entry["kind"]) || nameFault(entry["name"])) return [];
    const uid = textAt(entry, "uid");
    const controller = typeof entry["controller"] === "boolean" ? entry["controller"] : entries.length === 1;
    return [{ kind: properKind(String(entry["kind"])), name: String(entry["name"]), ...(uid ? { uid } : {}), controller }];
  });
  return owners.length > 0 ? owners : undefined;
}

function hintedSpec(record: Fields, kind: string): Fields {
  const selector = fieldsAt(record, "serviceSelector");
  const addresses = listAt(record, "serviceIPs").filter((address) => typeof address === "string");
  const node = textAt(record, "node");
  const replicas = numberAt(record, "replicas");
  const image = textAt(record, "image");
  const containers = image === undefined ? undefined : { containers: [{ name: imageName(image), image }] };
  return {
    ...(selector ? { selector } : {}),
    ...(addresses.length > 0 ? { clusterIP: addresses[0], clusterIPs: addresses } : {}),
    ...(node && kind === "Pod" ? { nodeName: node } : {}),
    ...(replicas === undefined ? {} : { replicas }),
    ...(containers && TEMPLATED.has(kind) ? { template: { spec: containers } } : containers),
  };
}

/** The hint names no container: the last word of the image stands in, `registry/team/shop:1.2` is `shop`. */
function imageName(image: string): string {
  return (image.split("/").at(-1) ?? image).split(/[:@]/)[0] || image;
}

function hintedStatus(record: Fields): Fields {
  const podIP = textAt(record, "podIP");
  return podIP ? { podIP } : {};
}
