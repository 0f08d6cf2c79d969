// Who a resource is: the stored name `rid` of contracts.md §2 and the one place that makes it.

/** The stored name of a resource within its cluster: `<kind lower>:<uid>`, or `<kind lower>:<ns>:<name>` while the uid is unknown. */
export type ResourceId = string & { readonly _: "ResourceId" };

/** The identifier of an episode, unique within its cluster. */
export type EpisodeId = string & { readonly _: "EpisodeId" };

/** The identifier of an incident, unique within its cluster. */
export type IncidentId = string & { readonly _: "IncidentId" };

/** How an outside record names a resource: by uid, by name, or by both. `kind` is spelled as Kubernetes spells it. */
export type ResourceRef = {
  readonly kind: string;
  readonly uid?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name: string;
};

/** The rid of a resource whose uid is known. */
export function resourceId(kind: string, uid: string): ResourceId {
  return `${kind.toLowerCase()}:${uid}` as ResourceId;
}

/** The rid of a resource that is known by name only; it is re-keyed when its uid is learnt. */
export function stubId(kind: string, namespace: string | undefined, name: string): ResourceId {
  return (namespace ? `${kind.toLowerCase()}:${namespace}:${name}` : `${kind.toLowerCase()}:${name}`) as ResourceId;
}

/** The rid that a reference names, preferring its uid. */
export function ridOf(ref: ResourceRef): ResourceId {
  return ref.uid ? resourceId(ref.kind, ref.uid) : stubId(ref.kind, ref.namespace, ref.name);
}

/** `Kind namespace/name`, the way a sentence names a resource. */
export function displayName(ref: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string }): string {
  return ref.namespace ? `${ref.kind} ${ref.namespace}/${ref.name}` : `${ref.kind} ${ref.name}`;
}

const CLUSTER_SCOPED = new Set([
  "namespace",
  "node",
  "persistentvolume",
  "storageclass",
  "clusterrole",
  "clusterrolebinding",
  "priorityclass",
  "runtimeclass",
  "ingressclass",
  "csidriver",
  "csinode",
  "volumeattachment",
  "mutatingwebhookconfiguration",
  "validatingwebhookconfiguration",
  "customresourcedefinition",
  "apiservice",
  "gatewayclass",
  "certificatesigningrequest",
  "cluster",
]);

/** Whether resources of this kind live outside namespaces (built-in kinds and well-known custom ones). */
export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind.toLowerCase());
}
