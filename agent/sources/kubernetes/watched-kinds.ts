// What is watched: every kind that an edge, a detector or a change of design.md §3 needs, and well-known custom kinds where they are served.

/** A kind as the API serves it. `group` is empty for the core group. */
export type ServedKind = {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  /** The plural of the URL. */
  readonly resource: string;
  readonly namespaced: boolean;
};

/** A kind that is wanted. `versions`: those that are understood, best first; absent: whichever the server prefers. */
export type WantedKind = Omit<ServedKind, "version"> & {
  readonly versions?: readonly string[];
  /** Nobody is told in each verdict that it cannot be read: it only adds detail. */
  readonly minor?: true;
  /** Asked for in place of the first when that is not served, or may not be read. */
  readonly otherwise?: Pick<ServedKind, "group" | "version" | "resource">;
};

/** A line of the table: group, version or `*` (the server's choice), then `Kind resource`, a trailing `-` for kinds outside namespaces. */
type Line = readonly [group: string, version: string, kinds: string, minor?: "minor"];

const LINES: readonly Line[] = [
  ["", "v1", "Namespace namespaces-, Node nodes-, PersistentVolume persistentvolumes-, Service services, ServiceAccount serviceaccounts"],
  ["", "v1", "ConfigMap configmaps, Secret secrets, PersistentVolumeClaim persistentvolumeclaims, ResourceQuota resourcequotas"],
  ["", "v1", "LimitRange limitranges, ReplicationController replicationcontrollers"],
  ["apps", "v1", "Deployment deployments, ReplicaSet replicasets, StatefulSet statefulsets, DaemonSet daemonsets"],
  ["batch", "v1", "CronJob cronjobs, Job jobs"],
  ["autoscaling", "v2", "HorizontalPodAutoscaler horizontalpodautoscalers"],
  ["policy", "v1", "PodDisruptionBudget poddisruptionbudgets"],
  ["networking.k8s.io", "v1", "Ingress ingresses, NetworkPolicy networkpolicies"],
  ["networking.k8s.io", "v1", "IngressClass ingressclasses-", "minor"],
  ["storage.k8s.io", "v1", "StorageClass storageclasses-"],
  ["scheduling.k8s.io", "v1", "PriorityClass priorityclasses-", "minor"],
  ["admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration validatingwebhookconfigurations-", "minor"],
  ["admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration mutatingwebhookconfigurations-", "minor"],
  ["apiregistration.k8s.io", "v1", "APIService apiservices-", "minor"],
  ["rbac.authorization.k8s.io", "v1", "Role roles, RoleBinding rolebindings, ClusterRole clusterroles-", "minor"],
  ["rbac.authorization.k8s.io", "v1", "ClusterRoleBinding clusterrolebindings-", "minor"],
  // Of Knative only what does not share its kind with another group: its Service and Route would be taken for the ones of the same name.
  ["serving.knative.dev", "*", "Configuration configurations, Revision revisions", "minor"],
  ["argoproj.io", "*", "Rollout rollouts", "minor"],
  ["argoproj.io", "*", "Application applications", "minor"],
  ["gateway.networking.k8s.io", "*", "GatewayClass gatewayclasses-, Gateway gateways, HTTPRoute httproutes, GRPCRoute grpcroutes", "minor"],
  ["gateway.networking.k8s.io", "*", "TLSRoute tlsroutes, TCPRoute tcproutes", "minor"],
  ["cert-manager.io", "*", "Certificate certificates, Issuer issuers, ClusterIssuer clusterissuers-", "minor"],
  ["keda.sh", "*", "ScaledObject scaledobjects, ScaledJob scaledjobs", "minor"],
  ["external-secrets.io", "*", "ExternalSecret externalsecrets", "minor"],
  ["helm.toolkit.fluxcd.io", "*", "HelmRelease helmreleases", "minor"],
  ["kustomize.toolkit.fluxcd.io", "*", "Kustomization kustomizations", "minor"],
  // Last, because they are many and speak of what came before them.
  ["discovery.k8s.io", "v1", "EndpointSlice endpointslices"],
  ["", "v1", "Pod pods"],
];

/** Events in the newer API, or the same ones in the core API. */
const EVENTS: WantedKind = {
  kind: "Event",
  group: "events.k8s.io",
  resource: "events",
  namespaced: true,
  versions: ["v1"],
  otherwise: { group: "", version: "v1", resource: "events" },
};

/** Everything that is watched where it is served, in the order in which it is listed first. */
export const WATCHED_KINDS: readonly WantedKind[] = [...LINES.flatMap(kindsOf), EVENTS];

function kindsOf([group, version, kinds, minor]: Line): WantedKind[] {
  return kinds.split(", ").map((words) => {
    const [kind = "", name = ""] = words.split(" ");
    const namespaced = !name.endsWith("-");
    return {
      kind,
      group,
      resource: namespaced ? name : name.slice(0, -1),
      namespaced,
      ...(version === "*" ? {} : { versions: [version] }),
      ...(minor ? { minor: true } : {}),
    };
  });
}

/** `apps/v1`, `v1`. */
export function apiVersionOf({ group, version }: Pick<ServedKind, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The path of a kind's list and watch, in one namespace or in all. */
export function pathOf(kind: ServedKind, namespace: string | undefined): string {
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  return namespace === undefined ? `${root}/${kind.resource}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${kind.resource}`;
}

/** How RBAC names a kind: `deployments.apps`, `pods`. */
export function rbacName({ group, resource }: Pick<ServedKind, "group" | "resource">): string {
  return group === "" ? resource : `${resource}.${group}`;
}
