// NetworkPolicies that cut pods off from those who call them, from what they call, or from DNS.
import { displayName } from "../domain/identity.ts";
import type { Finding } from "../domain/signal.ts";
import { lastEditOf } from "./change-owners.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { admits, type PolicyPeer, type PolicyPort, type PolicyRules, rulesOf } from "./policy-admission.ts";
import { numberAt, objectsAt, parseTimeMs, textAt } from "./read-json.ts";
import { containersOf, podLabelsOf } from "./read-pod.ts";
import { isSeen, type Seen, selectedPods } from "./service-readiness.ts";

type Direction = "ingress" | "egress";
type Blocked = { readonly discriminator: "ingress" | "egress" | "egress-dns"; readonly text: string };

/** Pods that one policy guards are mostly alike. */
const PODS_MAX = 20;
const CALLERS_MAX = 50;

const DNS: readonly PolicyPort[] = [
  { port: 53, protocol: "UDP" },
  { port: 53, protocol: "TCP" },
];

/** Tells NetworkPolicyBlocks of a policy, once per direction. Policies add up: a pod is cut off only if none of those that guard it lets the traffic through. */
export const policyNetwork: StateDetector = {
  id: "policy-network",
  kinds: ["NetworkPolicy"],
  reasons: ["NetworkPolicyBlocks"],
  source: "kubernetes.io: Network Policies, The two sorts of pod isolation",
  dependsOn: { relations: [{ type: "GUARDS", direction: "out" }], kindsInNamespace: ["NetworkPolicy", "Service"] },
  crossObject: true,
  detect(policy, view) {
    const found = new Map<string, Finding>();
    const pods = view
      .neighbours(policy, "GUARDS", "out")
      .filter(isSeen)
      .filter(({ kind }) => kind === "Pod")
      .slice(0, PODS_MAX);
    for (const pod of pods) {
      for (const blocked of [...ingressBlocked(policy, pod, view), ...egressBlocked(policy, pod, view)]) {
        if (!found.has(blocked.discriminator)) found.set(blocked.discriminator, told(policy, blocked));
      }
    }
    return [...found.values()];
  },
};

function ingressBlocked(policy: Seen, pod: Seen, view: NeighbourView): readonly Blocked[] {
  const policies = isolating(policy, pod, "ingress", view);
  const services = view.neighbours(pod, "SELECTS", "in").filter(isSeen);
  // A pod that no Service leads to may well be meant to receive nothing.
  if (!policies || services.length === 0) return [];
  const to = `${displayName(pod)} (Service ${services.map(({ name }) => name).join(", ")})`;
  if (policies.every(({ rules }) => rules.length === 0)) return [{ discriminator: "ingress", text: `lets nothing in to ${to}` }];
  const callers = services
    .flatMap((service) => view.neighbours(service, "CALLS", "in"))
    .filter(isSeen)
    .slice(0, CALLERS_MAX);
  const ports = services.flatMap((service) => targetPorts(service, pod));
  if (callers.length === 0 || callers.some((caller) => admits(policies, "ingress", peerOf(caller, view), ports))) return [];
  return [{ discriminator: "ingress", text: `does not let ${callerNames(callers)} in to ${to}` }];
}

function egressBlocked(policy: Seen, pod: Seen, view: NeighbourView): readonly Blocked[] {
  const policies = isolating(policy, pod, "egress", view);
  const called = view.neighbours(pod, "CALLS", "out").filter(isSeen);
  if (!policies || called.length === 0) return [];
  const from = displayName(pod);
  const names = called
    .map(({ name }) => name)
    .slice(0, 3)
    .join(", ");
  if (policies.every(({ rules }) => rules.length === 0))
    return [{ discriminator: "egress", text: `lets nothing out of ${from}, which calls Service ${names}` }];
  const unreachable = called.filter((service) => {
    const targets = selectedPods(service, view);
    return targets.length > 0 && !targets.some((target) => admits(policies, "egress", peerOf(target, view), targetPorts(service, target)));
  });
  // Where the cluster's DNS pods are is not known for sure: only a policy that lets no pod of kube-system be reached on port 53 counts.
  const dns = { namespace: "kube-system", labels: DNS_LABELS, namespaceLabels: view.byName("Namespace", undefined, "kube-system")?.labels };
  return [
    ...(unreachable.length > 0
      ? [
          {
            discriminator: "egress",
            text: `does not let ${from} out to Service ${unreachable
              .map(({ name }) => name)
              .slice(0, 3)
              .join(", ")}`,
          } as const,
        ]
      : []),
    ...(admits(policies, "egress", dns, DNS)
      ? []
      : [
          {
            discriminator: "egress-dns",
            text: `does not let ${from} out to DNS (port 53), which it needs to find Service ${names}`,
          } as const,
        ]),
  ];
}

/** CoreDNS keeps the label of its predecessor (kubernetes.io, Customizing DNS Service). */
const DNS_LABELS = { "k8s-app": "kube-dns" };

/** The rules of all policies that isolate the pod in a direction; undefined when this policy is not one of them, or when one is not fully known. */
function isolating(policy: Seen, pod: Seen, direction: Direction, view: NeighbourView): readonly PolicyRules[] | undefined {
  if (policy.object.partial || !rulesOf(policy.object.spec, policy.namespace ?? "", direction)) return undefined;
  const guards = view.neighbours(pod, "GUARDS", "in").filter(({ kind }) => kind === "NetworkPolicy");
  if (!guards.every(isSeen)) return undefined;
  return guards.flatMap((guard) => (isSeen(guard) ? (rulesOf(guard.object.spec, guard.namespace ?? "", direction) ?? []) : []));
}

function peerOf(resource: Seen, view: NeighbourView): PolicyPeer {
  const namespace = resource.namespace ?? "";
  return {
    namespace,
    labels: Object.fromEntries(podLabelsOf(resource.object)),
    namespaceLabels: view.byName("Namespace", undefined, namespace)?.labels,
  };
}

/** The pod's ports that a Service leads to. A named target port that the pod lacks gives none. */
function targetPorts(service: Seen, pod: Seen): readonly PolicyPort[] {
  const declared = containersOf(pod.object).flatMap(({ spec }) => objectsAt(spec, "ports"));
  return objectsAt(service.object.spec, "ports").flatMap((entry) => {
    const protocol = textAt(entry, "protocol") ?? "TCP";
    const target = textAt(entry, "targetPort") ?? numberAt(entry, "targetPort") ?? numberAt(entry, "port");
    const match = declared.find((port) =>
      typeof target === "string" ? textAt(port, "name") === target : numberAt(port, "containerPort") === target,
    );
    const port = numberAt(match, "containerPort") ?? (typeof target === "number" ? target : undefined);
    return port === undefined ? [] : [{ port, name: textAt(match, "name"), protocol }];
  });
}

function callerNames(callers: readonly Seen[]): string {
  const names = callers.slice(0, 3).map((caller) => displayName(caller));
  return names.join(", ") + (callers.length > 3 ? ` and ${callers.length - 3} more callers` : "");
}

function told({ object, ...policy }: Seen, { discriminator, text }: Blocked): Finding {
  const field = discriminator === "ingress" ? "ingress" : "egress";
  const rules = object.spec?.[field];
  return finding("NetworkPolicyBlocks", {
    discriminator,
    message: `${displayName(policy)} ${text}`,
    // The policy has been in force as it is since it was last edited.
    sinceMs: lastEditOf(object, "spec")?.atMs ?? parseTimeMs(object.metadata.creationTimestamp),
    evidence: [
      fieldEvidence(object, `spec.${field}`, rules === undefined ? "absent" : JSON.stringify(rules), getFieldCommand(object, ".spec")),
    ],
  });
}
