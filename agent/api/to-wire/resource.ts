// Resources, edges and neighbourhoods.
import type { Json, JsonObject } from "../../domain/kube-object.ts";
import type { Relation } from "../../domain/relation.ts";
import { type Resource, subjectOf } from "../../domain/resource.ts";
import type { WireRelation, WireResource, WireTopology } from "../../protocol/graph.ts";
import type { Subgraph } from "../../store/port.ts";
import { given } from "./given.ts";
import { wireSubject } from "./subject.ts";
import { wireTime, wireTimeIf } from "./time.ts";

/** One life of a resource, with what its object says. */
export function wireResource(resource: Resource): WireResource {
  const { spec, status } = resource.object ?? {};
  return {
    ...wireSubject(subjectOf(resource)),
    created_at: wireTime(resource.createdAtMs),
    updated_at: wireTime(resource.updatedAtMs),
    stub: resource.object === undefined,
    ...given({
      ended_at: wireTimeIf(resource.endedAtMs),
      node: textAt(spec, "nodeName"),
      pod_ip: textAt(status, "podIP"),
      image: imageOf(spec),
      spec,
      status,
    }),
  };
}

/** The neighbourhood of a resource. */
export function wireTopology(root: string, subgraph: Subgraph, atMs: number | undefined): WireTopology {
  return {
    root,
    resources: subgraph.resources.map(wireResource),
    edges: subgraph.relations.map(wireRelation),
    truncated: subgraph.truncated,
    ...given({ at: wireTimeIf(atMs) }),
  };
}

function wireRelation(relation: Relation): WireRelation {
  const { id, type, source, target, validFromMs, validToMs, evidence } = relation;
  return { id, type, from: source, to: target, valid_from: wireTime(validFromMs), ...given({ valid_to: wireTimeIf(validToMs), evidence }) };
}

function textAt(json: JsonObject | undefined, key: string): string | undefined {
  const value = json?.[key];
  return typeof value === "string" ? value : undefined;
}

/** The image of the first container, of a Pod or of a workload's template. */
function imageOf(spec: JsonObject | undefined): string | undefined {
  const template = objectOf(objectOf(spec?.template)?.spec);
  const containers = (template ?? spec)?.containers;
  return Array.isArray(containers) ? textAt(objectOf(containers[0]), "image") : undefined;
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
