// Which other resources an object names, and how they are related: read from the object alone, resolved by the working set.
import type { ResourceRef } from "../../domain/identity.ts";
import { isClusterScoped } from "../../domain/identity.ts";
import type { JsonObject, KubeObject } from "../../domain/kube-object.ts";
import type { RelationType } from "../../domain/relation.ts";
import { remembered } from "../../domain/remember.ts";
import { objectAt, objectsAt, textAt, textsAt } from "./fields.ts";
import { podReferences } from "./pod-references.ts";
import type { Reference } from "./reference.ts";

/** Most references kept of one object: an Ingress may hold thousands of paths. */
const REFERENCES_MAX = 500;

/** Everything an object names, each resource once per relation. A partial object gives what it tells. */
export const referencesOf = remembered((object: KubeObject): readonly Reference[] => {
  const unique = new Map<string, Reference>();
  for (const reference of [...ownerReferences(object), ...kindReferences(object)]) {
    const { type, direction, ref } = reference;
    const key = `${type}|${direction}|${ref.kind}|${ref.namespace ?? ""}|${ref.name}|${ref.uid ?? ""}`;
    const known = unique.get(key);
    if (!known && unique.size < REFERENCES_MAX) unique.set(key, reference);
    // Needed once is needed: an optional mention beside a required one does not make it optional.
    else if (known?.optional && !reference.optional) unique.set(key, reference);
  }
  return [...unique.values()];
});

function ownerReferences({ metadata }: KubeObject): readonly Reference[] {
  return (metadata.ownerReferences ?? []).map(({ kind, name, uid, controller }) => ({
    type: controller ? "CONTROLS" : "OWNS",
    direction: "in",
    ref: { kind, uid, namespace: isClusterScoped(kind) ? undefined : metadata.namespace, name },
    evidence: quoted("metadata.ownerReferences", `${kind}/${name}`),
  }));
}

function kindReferences(object: KubeObject): readonly Reference[] {
  switch (object.kind) {
    case "PersistentVolumeClaim":
      return claimReferences(object);
    case "PersistentVolume":
      return volumeReferences(object);
    case "Ingress":
      return ingressReferences(object);
    case "Gateway":
      return gatewayReferences(object);
    case "HTTPRoute":
    case "GRPCRoute":
    case "TCPRoute":
    case "TLSRoute":
    case "UDPRoute":
      return routeReferences(object);
    case "EndpointSlice":
    case "Endpoints":
      return endpointsOwner(object);
    case "HorizontalPodAutoscaler":
    case "ScaledObject":
      return scaleReferences(object);
    case "ResourceQuota":
    case "LimitRange":
      return object.metadata.namespace ? [to("GUARDS", { kind: "Namespace", name: object.metadata.namespace }, "metadata.namespace")] : [];
    case "MutatingWebhookConfiguration":
    case "ValidatingWebhookConfiguration":
      return objectsAt(object.rest, "webhooks").flatMap((hook) =>
        serviceReference(objectAt(hook, "clientConfig", "service"), `webhooks[${textAt(hook, "name") ?? ""}].clientConfig.service`),
      );
    case "APIService":
      return serviceReference(objectAt(object.spec, "service"), "spec.service");
    case "ServiceAccount":
      return [...secretsNamed(object, "secrets"), ...secretsNamed(object, "imagePullSecrets")];
    default:
      return podReferences(object);
  }
}

function claimReferences({ metadata, spec }: KubeObject): readonly Reference[] {
  const volume = textAt(spec, "volumeName");
  const storageClass = textAt(spec, "storageClassName") ?? metadata.annotations?.["volume.beta.kubernetes.io/storage-class"];
  return [
    ...(volume ? [to("BINDS", { kind: "PersistentVolume", name: volume }, "spec.volumeName")] : []),
    ...(storageClass ? [to("BINDS", { kind: "StorageClass", name: storageClass }, "spec.storageClassName")] : []),
  ];
}

function volumeReferences({ spec, status }: KubeObject): readonly Reference[] {
  const storageClass = textAt(spec, "storageClassName");
  const claim = objectAt(spec, "claimRef");
  const name = textAt(claim, "name");
  // The claim of a released volume is gone; naming it would only make a stub of a dead resource.
  const held = name !== undefined && textAt(status, "phase") !== "Released" && textAt(status, "phase") !== "Failed";
  const ref = { kind: "PersistentVolumeClaim", uid: textAt(claim, "uid"), namespace: textAt(claim, "namespace"), name: name ?? "" };
  return [
    ...(held ? [{ type: "BINDS", direction: "in", ref, evidence: quoted("spec.claimRef", `${ref.namespace}/${name}`) } as const] : []),
    ...(storageClass ? [to("BINDS", { kind: "StorageClass", name: storageClass }, "spec.storageClassName")] : []),
  ];
}

function ingressReferences({ metadata, spec }: KubeObject): readonly Reference[] {
  const backends = [
    { backend: objectAt(spec, "defaultBackend"), path: "spec.defaultBackend" },
    ...objectsAt(spec, "rules").flatMap((rule) =>
      objectsAt(rule, "http", "paths").map((path) => ({
        backend: objectAt(path, "backend"),
        path: `spec.rules[${textAt(rule, "host") ?? "*"}${textAt(path, "path") ?? ""}].backend`,
      })),
    ),
  ];
  const services = backends.flatMap(({ backend, path }) => {
    const name = textAt(backend, "service", "name") ?? textAt(backend, "serviceName");
    return name ? [to("ROUTES_TO", { kind: "Service", namespace: metadata.namespace, name }, `${path}.service.name`)] : [];
  });
  const secrets = objectsAt(spec, "tls").flatMap((tls) => {
    const name = textAt(tls, "secretName");
    return name ? [to("USES", { kind: "Secret", namespace: metadata.namespace, name }, "spec.tls[].secretName")] : [];
  });
  return [...services, ...secrets];
}

function routeReferences({ metadata, spec }: KubeObject): readonly Reference[] {
  const parents = objectsAt(spec, "parentRefs").flatMap((parent) => {
    const name = textAt(parent, "name");
    const kind = textAt(parent, "kind") ?? "Gateway";
    const ref = { kind, namespace: textAt(parent, "namespace") ?? metadata.namespace, name: name ?? "" };
    return name ? [{ type: "ROUTES_TO", direction: "in", ref, evidence: quoted("spec.parentRefs[].name", name) } as const] : [];
  });
  const backends = objectsAt(spec, "rules").flatMap((rule) =>
    objectsAt(rule, "backendRefs").flatMap((backend) => {
      const name = textAt(backend, "name");
      const namespace = textAt(backend, "namespace") ?? metadata.namespace;
      return name
        ? [to("ROUTES_TO", { kind: textAt(backend, "kind") ?? "Service", namespace, name }, "spec.rules[].backendRefs[].name")]
        : [];
    }),
  );
  return [...parents, ...backends];
}

function gatewayReferences({ metadata, spec }: KubeObject): readonly Reference[] {
  return objectsAt(spec, "listeners").flatMap((listener) =>
    objectsAt(listener, "tls", "certificateRefs").flatMap((certificate) => {
      const name = textAt(certificate, "name");
      const namespace = textAt(certificate, "namespace") ?? metadata.namespace;
      return name
        ? [to("USES", { kind: textAt(certificate, "kind") ?? "Secret", namespace, name }, "spec.listeners[].tls.certificateRefs[]")]
        : [];
    }),
  );
}

/** A Service owns its slices by owner reference; slices made by others, and Endpoints, belong to it by label or name only. */
function endpointsOwner(object: KubeObject): readonly Reference[] {
  const service = serviceOfEndpoints(object);
  if (!service || object.metadata.ownerReferences?.some(({ kind, name }) => kind === "Service" && name === service.name)) return [];
  const evidence = object.kind === "Endpoints" ? "metadata.name" : "metadata.labels[kubernetes.io/service-name]";
  return [{ type: "OWNS", direction: "in", ref: service, evidence: quoted(evidence, service.name) }];
}

/** The Service an EndpointSlice (by its label) or an Endpoints object (by its name) belongs to. */
export function serviceOfEndpoints({ kind, metadata }: KubeObject): ResourceRef | undefined {
  const name = kind === "Endpoints" ? metadata.name : metadata.labels?.["kubernetes.io/service-name"];
  return name ? { kind: "Service", namespace: metadata.namespace, name } : undefined;
}

function scaleReferences({ metadata, spec }: KubeObject): readonly Reference[] {
  const target = objectAt(spec, "scaleTargetRef");
  const name = textAt(target, "name");
  return name
    ? [to("SCALES", { kind: textAt(target, "kind") ?? "Deployment", namespace: metadata.namespace, name }, "spec.scaleTargetRef.name")]
    : [];
}

function serviceReference(service: JsonObject, path: string): readonly Reference[] {
  const name = textAt(service, "name");
  return name ? [to("USES", { kind: "Service", namespace: textAt(service, "namespace"), name }, `${path}.name`)] : [];
}

function secretsNamed({ metadata, rest }: KubeObject, field: string): readonly Reference[] {
  const names = [...objectsAt(rest, field).flatMap((entry) => textAt(entry, "name") ?? []), ...textsAt(rest, field)];
  return names.map((name) => to("USES", { kind: "Secret", namespace: metadata.namespace, name }, `${field}[].name`));
}

/** An edge from the object to the resource that the field at `path` names. */
function to(type: RelationType, ref: ResourceRef, path: string): Reference {
  return { type, direction: "out", ref, evidence: quoted(path, ref.name) };
}

function quoted(path: string, value: string): string {
  return `${path}=${value}`.slice(0, 200);
}
