// Edits of policies, quotas, routes, autoscalers, storage and webhooks: each field of the specification that differs.
import type { Json, KubeObject } from "../domain/kube-object.ts";
import type { ChangeReason } from "../knowledge/findings.ts";
import { changesFrom, type Edit } from "./change-found.ts";
import { leaves } from "./change-leaves.ts";
import type { ChangeDetector } from "./detector.ts";
import { at, isList, isObject } from "./read-json.ts";

/** Which fields of which kinds are edited by people or tools, and what an edit is called. `without`: fields within that controllers write. */
type Watched = {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly reason: ChangeReason;
  readonly fields: readonly string[];
  readonly without?: readonly string[];
};

const WATCHED: readonly Watched[] = [
  {
    id: "change-policy",
    reason: "PolicyChanged",
    fields: ["spec"],
    kinds: [
      "NetworkPolicy",
      "PodDisruptionBudget",
      "CiliumNetworkPolicy",
      "CiliumClusterwideNetworkPolicy",
      "AuthorizationPolicy",
      "PeerAuthentication",
    ],
  },
  {
    id: "change-access",
    reason: "PolicyChanged",
    fields: ["rules", "subjects", "roleRef"],
    kinds: ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"],
  },
  { id: "change-quota", reason: "QuotaChanged", fields: ["spec"], kinds: ["ResourceQuota", "LimitRange"] },
  {
    id: "change-autoscaler",
    reason: "AutoscalerChanged",
    fields: ["spec"],
    kinds: ["HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"],
  },
  {
    id: "change-route",
    reason: "RouteChanged",
    fields: ["spec"],
    kinds: ["Ingress", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute", "Gateway", "VirtualService", "DestinationRule"],
  },
  // Binding a claim to its volume is the controller's work.
  { id: "change-claim", reason: "StorageChanged", fields: ["spec"], without: ["volumeName"], kinds: ["PersistentVolumeClaim"] },
  { id: "change-volume", reason: "StorageChanged", fields: ["spec"], without: ["claimRef"], kinds: ["PersistentVolume"] },
  {
    id: "change-storage-class",
    reason: "StorageChanged",
    kinds: ["StorageClass"],
    fields: [
      "provisioner",
      "parameters",
      "reclaimPolicy",
      "volumeBindingMode",
      "allowVolumeExpansion",
      "mountOptions",
      "allowedTopologies",
    ],
  },
  // Certificates are injected and renewed by controllers.
  {
    id: "change-webhook",
    reason: "WebhookChanged",
    fields: ["webhooks"],
    without: ["caBundle"],
    kinds: ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
  },
  {
    id: "change-service-account",
    reason: "ServiceAccountChanged",
    fields: ["imagePullSecrets", "automountServiceAccountToken"],
    kinds: ["ServiceAccount"],
  },
];

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** One detector per row of the table. */
export const CHANGE_SPECS: readonly ChangeDetector[] = WATCHED.map((watched) => ({
  id: watched.id,
  kinds: watched.kinds,
  reasons: [watched.reason],
  detect: (before, after) => changesFrom(before, after, specEdits(watched, before, after)),
}));

function specEdits({ reason, fields, without = [] }: Watched, before: KubeObject, after: KubeObject): readonly Edit[] {
  const edits = fields.flatMap((field) => {
    const [former, present] = [fieldOf(before, field), fieldOf(after, field)];
    return leaves(former, present, field)
      .filter(
        (leaf) =>
          !without.some((name) => leaf.owned === `${field}.${name}` || leaf.owned.includes(`.${name}.`) || leaf.owned.endsWith(`.${name}`)),
      )
      .map((leaf) => ({
        reason,
        ...leaf,
        before: stripped(leaf.before, without),
        after: stripped(leaf.after, without),
        what: `${leaf.path} of ${after.kind} ${after.metadata.name}`,
      }));
  });
  return after.kind === "StorageClass" ? [...edits, ...defaultClassEdits(reason, before, after)] : edits;
}

function defaultClassEdits(reason: ChangeReason, { metadata: before }: KubeObject, { metadata: after }: KubeObject): readonly Edit[] {
  const [former, present] = [before.annotations?.[DEFAULT_CLASS], after.annotations?.[DEFAULT_CLASS]];
  if ((former === "true") === (present === "true")) return [];
  const path = `metadata.annotations[${DEFAULT_CLASS}]`;
  return [
    {
      reason,
      path,
      owned: `metadata.annotations.${DEFAULT_CLASS}`,
      what: `default storage class ${after.name}`,
      before: former,
      after: present,
    },
  ];
}

function fieldOf(object: KubeObject, field: string): Json | undefined {
  return field === "spec" ? object.spec : at(object.rest, field);
}

/** A value for showing, without what is not worth showing. */
function stripped(value: Json | undefined, without: readonly string[]): Json | undefined {
  if (without.length === 0 || value === undefined) return value;
  if (isList(value)) return value.map((element) => stripped(element, without) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (without.includes(key) ? [] : [[key, stripped(field, without)]])),
  );
}
