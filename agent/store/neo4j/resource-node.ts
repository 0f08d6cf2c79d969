// A resource as the properties of its node and back (contracts.md §2).
import type { ResourceId } from "../../domain/identity.ts";
import type { FieldOwner, Json, KubeObject } from "../../domain/kube-object.ts";
import type { Resource } from "../../domain/resource.ts";
import { type Identity, type ResourceState, resourceWith, STATE_PARTS, type StatePart, stateOf } from "../resource-state.ts";
import { HOLDS_MS, isMap, json, jsonText, number, optionalText, text } from "../stored-values.ts";
import type { Row } from "./connect.ts";
import type { Stored } from "./session.ts";

/** Properties that hold a state, by its part. Labels are always there for others to read, also when they only repeat the object's own. */
const PART_PROPERTIES: Readonly<Record<StatePart, string>> = {
  labels: "labels_json",
  meta: "meta_json",
  spec: "spec_json",
  status: "status_json",
  rest: "rest_json",
};

const LABEL_PAIRS_MAX = 100;

/** Properties of who a resource is and when it lived; texts that are absent are null. A namespace that is none is empty, so that the index holds it. */
export function identityProperties(resource: Resource): Row {
  return {
    cluster: resource.cluster,
    uid: resource.uid ?? null,
    kind: resource.kind,
    ns: resource.namespace ?? "",
    name: resource.name,
    created_ms: resource.createdAtMs,
    updated_ms: resource.updatedAtMs,
    end_ms: resource.endedAtMs ?? HOLDS_MS,
    version: resource.object?.metadata.resourceVersion ?? null,
  };
}

/** Properties of these parts of the state. `owners`: also who owns which field. */
export function stateProperties(resource: Resource, parts: ReadonlySet<StatePart>, owners: boolean): Row {
  const state = stateOf(resource);
  const properties: Record<string, unknown> = owners ? { owners_json: jsonText(resource.object?.metadata.fieldOwners) } : {};
  for (const part of parts) properties[PART_PROPERTIES[part]] = jsonText(part === "labels" ? resource.labels : state[part]);
  if (parts.has("labels") || parts.has("meta")) {
    properties["labels_json"] = jsonText(resource.labels);
    properties["labels_kv"] = Object.entries(resource.labels)
      .slice(0, LABEL_PAIRS_MAX)
      .map(([key, value]) => `${key}=${value}`);
  }
  return { ...properties, ...hints(resource.object, parts) };
}

/** Every part: what a new node gets. */
export const ALL_PARTS: ReadonlySet<StatePart> = new Set(STATE_PARTS);

/** What existing queries look for beside the object itself. */
function hints(object: KubeObject | undefined, parts: ReadonlySet<StatePart>): Row {
  const { spec, status } = object ?? {};
  const containers = Array.isArray(spec?.["containers"]) ? spec["containers"] : [];
  const first: unknown = containers[0];
  return {
    ...(parts.has("spec")
      ? { node: optionalText(spec?.["nodeName"]) ?? null, image: (isMap(first) ? optionalText(first["image"]) : undefined) ?? null }
      : {}),
    ...(parts.has("status") ? { podIP: optionalText(status?.["podIP"]) ?? null } : {}),
  };
}

/** Whether properties are a resource's: a node that only stands at the end of an edge or of an episode has no kind yet. */
export function isSeen(node: Row): boolean {
  return typeof node.kind === "string";
}

/** The resource that properties stand for. */
export function resourceOf(node: Row): Resource {
  const version = optionalText(node.version);
  const fieldOwners = json(node.owners_json);
  return resourceWith(identityOf(node), storedState(node), {
    ...(version === undefined ? {} : { resourceVersion: version }),
    ...(Array.isArray(fieldOwners) ? { fieldOwners: fieldOwners as FieldOwner[] } : {}),
  });
}

/** The resource in a former state, which held since then; who owned which field then is not kept. */
export function resourceInState(node: Row, state: ResourceState, sinceMs: number): Resource {
  return resourceWith({ ...identityOf(node), updatedAtMs: sinceMs }, state, {});
}

/** A resource with what the writer must know of it. */
export function storedOf(node: Row): Stored {
  return { resource: resourceOf(node), sinceMs: number(node.since_ms), states: number(node.states) };
}

/** The state that properties stand for. */
export function storedState(node: Row): ResourceState {
  const state: { [part in StatePart]?: Json } = {};
  for (const part of STATE_PARTS) {
    const value = json(node[PART_PROPERTIES[part]]);
    if (value !== undefined) state[part] = value as Json;
  }
  const labels = isMap(state.labels) ? (state.labels as Record<string, string>) : {};
  const { rest, spec, status, meta } = state;
  if (!isMap(meta)) return { labels };
  // As a state is defined: labels that only repeat the object's own are no part of it.
  const object = { metadata: { name: text(node.name), ...(isMap(meta["metadata"]) ? meta["metadata"] : {}) } } as KubeObject;
  const own = stateOf({ ...identityOf(node), labels, object }).labels;
  return { ...(own === undefined ? {} : { labels: own }), meta, ...given({ spec, status, rest }) };
}

function identityOf(node: Row): Identity {
  const namespace = optionalText(node.ns);
  const uid = optionalText(node.uid);
  const endMs = number(node.end_ms);
  return {
    cluster: text(node.client_id),
    rid: text(node.rid) as ResourceId,
    kind: text(node.kind),
    ...(namespace === undefined || namespace === "" ? {} : { namespace }),
    name: text(node.name),
    ...(uid === undefined ? {} : { uid }),
    createdAtMs: number(node.created_ms),
    updatedAtMs: number(node.updated_ms),
    ...(endMs === HOLDS_MS ? {} : { endedAtMs: endMs }),
  };
}

function given(parts: ResourceState): ResourceState {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
