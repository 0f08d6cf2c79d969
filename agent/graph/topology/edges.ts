// Edges that an object states between two other resources: what the endpoints of a Service are.
import type { ResourceRef } from "../../domain/identity.ts";
import type { Json, JsonObject, KubeObject } from "../../domain/kube-object.ts";
import type { RelationType } from "../../domain/relation.ts";
import { remembered } from "../../domain/remember.ts";
import { objectAt, objectsAt, textAt, textsAt } from "./fields.ts";
import { serviceOfEndpoints } from "./references.ts";

/** An edge whose ends are both named, neither of them the object that states it. */
export type StatedEdge = {
  readonly type: RelationType;
  readonly source: ResourceRef;
  readonly target: ResourceRef;
  readonly evidence?: string | undefined;
};

/** One address behind a Service. */
export type Endpoint = {
  readonly address: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly pod?: ResourceRef | undefined;
};

/** The API keeps at most 1000 endpoints in a slice and 1000 addresses in an Endpoints object. */
const ENDPOINTS_MAX = 1_000;

/** Service SELECTS Pod, from an EndpointSlice or an Endpoints object; nothing for other kinds. */
export function edgesOf(object: KubeObject): readonly StatedEdge[] {
  if (object.kind !== "EndpointSlice" && object.kind !== "Endpoints") return [];
  const source = serviceOfEndpoints(object);
  if (!source) return [];
  return endpointsOf(object).flatMap(({ address, ready, pod }) =>
    pod
      ? [
          {
            type: "SELECTS",
            source,
            target: pod,
            evidence: `${object.kind} ${object.metadata.name}: ${address} ${ready ? "ready" : "not ready"}`.slice(0, 200),
          } as const,
        ]
      : [],
  );
}

/** The addresses of an EndpointSlice or Endpoints object, each with its readiness. An unknown readiness counts as ready (EndpointConditions). */
export const endpointsOf = remembered(({ kind, metadata, rest }: KubeObject): readonly Endpoint[] => {
  if (kind === "EndpointSlice") {
    return objectsAt(rest, "endpoints")
      .slice(0, ENDPOINTS_MAX)
      .map((endpoint) => ({
        address: textsAt(endpoint, "addresses")[0] ?? "",
        ready: objectAt(endpoint, "conditions").ready !== false,
        terminating: objectAt(endpoint, "conditions").terminating === true,
        pod: podOf(endpoint.targetRef, metadata.namespace),
      }));
  }
  return objectsAt(rest, "subsets")
    .flatMap((subset) => [
      ...objectsAt(subset, "addresses").map((address) => addressOf(address, true, metadata.namespace)),
      ...objectsAt(subset, "notReadyAddresses").map((address) => addressOf(address, false, metadata.namespace)),
    ])
    .slice(0, ENDPOINTS_MAX);
});

function addressOf(address: JsonObject, ready: boolean, namespace: string | undefined): Endpoint {
  return {
    address: textAt(address, "ip") ?? textAt(address, "hostname") ?? "",
    ready,
    terminating: false,
    pod: podOf(address.targetRef, namespace),
  };
}

function podOf(targetRef: Json | undefined, namespace: string | undefined): ResourceRef | undefined {
  const name = textAt(targetRef, "name");
  if (!name || textAt(targetRef, "kind") !== "Pod") return undefined;
  return { kind: "Pod", uid: textAt(targetRef, "uid"), namespace: textAt(targetRef, "namespace") ?? namespace, name };
}
