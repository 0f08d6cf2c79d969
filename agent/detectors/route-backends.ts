// Ingresses and Gateway API routes that point to a Service, or to a port of it, that does not exist.
import { displayName } from "../domain/identity.ts";
import type { JsonObject, KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand, getFieldCommand } from "./finding.ts";
import { numberAt, objectAt, objectsAt, textAt } from "./read-json.ts";
import { nearName } from "./service-near-name.ts";
import { knowsServicesOf } from "./service-readiness.ts";

type Backend = {
  readonly service: string;
  readonly namespace: string | undefined;
  readonly port: number | string | undefined;
  readonly path: string;
};

const BACKENDS_MAX = 500;

/** Tells IngressBackendMissing of Ingresses and routes. */
export const routeBackends: StateDetector = {
  id: "route-backends",
  kinds: ["Ingress", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"],
  reasons: ["IngressBackendMissing"],
  source: "kubernetes.io: Ingress, backends; gateway-api.sigs.k8s.io: BackendNotFound",
  dependsOn: { relations: [{ type: "ROUTES_TO", direction: "out" }] },
  crossObject: true,
  detect(route, view) {
    const { object } = route;
    if (object.partial) return [];
    const backends = object.kind === "Ingress" ? ingressBackends(object) : routeRefs(object);
    const unique = new Map(
      backends.slice(0, BACKENDS_MAX).map((backend) => [`${backend.namespace}/${backend.service}:${backend.port ?? ""}`, backend]),
    );
    return [...unique.values()].flatMap((backend) => missing(object, backend, view));
  },
};

function missing(object: KubeObject, backend: Backend, view: NeighbourView): readonly Finding[] {
  const { service, namespace, port, path } = backend;
  const discriminator = `${namespace === object.metadata.namespace ? "" : `${namespace}/`}${service}${port === undefined ? "" : `:${port}`}`;
  const from = fieldEvidence(object, path, `${service}${port === undefined ? "" : `:${port}`}`, getFieldCommand(object, ".spec"));
  const who = displayName({ kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name });
  const target = view.byName("Service", namespace, service)?.object;
  if (!target) {
    if (!view.complete("Service") || (namespace !== object.metadata.namespace && !knowsServicesOf(namespace ?? "", view))) return [];
    const near = nearName(
      service,
      view.ofKind("Service", namespace).map(({ name }) => name),
    );
    const message = `${who} routes to Service ${namespace}/${service}, which does not exist${near ? `; there is a Service ${near}` : ""}`;
    return [finding("IngressBackendMissing", { discriminator, message, evidence: [from], target: service })];
  }
  if (target.partial || port === undefined || textAt(target.spec, "type") === "ExternalName") return [];
  const ports = objectsAt(target.spec, "ports");
  if (ports.some((entry) => numberAt(entry, "port") === port || textAt(entry, "name") === port)) return [];
  const has = ports.map((entry) => `${numberAt(entry, "port")}${textAt(entry, "name") ? ` (${textAt(entry, "name")})` : ""}`).join(", ");
  const evidence = [from, fieldEvidence(target, "spec.ports", has || "none", getCommand(target, `service/${service}`))];
  const message = `${who} routes to port ${port} of Service ${namespace}/${service}, which has ${has ? `port ${has}` : "no ports"}`;
  return [finding("IngressBackendMissing", { discriminator, message, evidence, target: service })];
}

function ingressBackends({ metadata, spec }: KubeObject): readonly Backend[] {
  const read = (backend: JsonObject | undefined, path: string): readonly Backend[] => {
    const service = textAt(backend, "service", "name") ?? textAt(backend, "serviceName");
    if (!service) return [];
    const port =
      numberAt(backend, "service", "port", "number") ??
      textAt(backend, "service", "port", "name") ??
      numberAt(backend, "servicePort") ??
      textAt(backend, "servicePort");
    // The AWS load balancer controller takes `use-annotation` for an action that is no Service.
    return port === "use-annotation" ? [] : [{ service, namespace: metadata.namespace, port, path }];
  };
  const rules = objectsAt(spec, "rules").flatMap((rule) =>
    objectsAt(rule, "http", "paths").flatMap((entry) =>
      read(objectAt(entry, "backend"), `spec.rules[${textAt(rule, "host") ?? "*"}${textAt(entry, "path") ?? ""}].backend`),
    ),
  );
  return [...read(objectAt(spec, "defaultBackend"), "spec.defaultBackend"), ...rules];
}

function routeRefs({ metadata, spec }: KubeObject): readonly Backend[] {
  return objectsAt(spec, "rules").flatMap((rule, index) =>
    objectsAt(rule, "backendRefs").flatMap((ref) => {
      const service = textAt(ref, "name");
      if (!service || (textAt(ref, "kind") ?? "Service") !== "Service" || textAt(ref, "group")) return [];
      const namespace = textAt(ref, "namespace") ?? metadata.namespace;
      return [{ service, namespace, port: numberAt(ref, "port"), path: `spec.rules[${index}].backendRefs[${service}]` }];
    }),
  );
}
