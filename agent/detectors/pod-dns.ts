// Pods that ask another name server than the cluster's: they cannot resolve the names of Services.

import { displayName } from "../domain/identity.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { textAt, textsAt } from "./read-json.ts";
import { controllerRef } from "./read-owner.ts";
import { isDeleting, podPhase, podSpecOf, podSpecPath } from "./read-pod.ts";
import { replicasOf } from "./read-replicas.ts";

/** Node-local caches listen on link-local addresses, and on 127.0.0.1 in host networks (kubernetes.io, Using NodeLocal DNSCache). */
const LOCAL = /^(?:169\.254\.|127\.|fd00:|fe80:|::1$)/i;

/** Where the cluster's DNS Service lives and what it is called. */
const DNS_SERVICES = [
  ["kube-system", ["kube-dns", "coredns", "rke2-coredns-rke2-coredns"]],
  ["openshift-dns", ["dns-default"]],
] as const;

/** Tells ForeignNameserver of a workload, or of a pod that nothing controls, whose pods are not ready. */
export const podDns: StateDetector = {
  id: "pod-dns",
  kinds: ["Deployment", "StatefulSet", "DaemonSet", "Pod"],
  reasons: ["ForeignNameserver"],
  source: "kubernetes.io: DNS for Services and Pods, Pod's DNS Policy and Pod's DNS Config",
  detect({ object }, view) {
    if (controllerRef(object) || isDeleting(object) || !isLacking(object)) return [];
    const spec = podSpecOf(object);
    if (textAt(spec, "dnsPolicy") !== "None" || spec?.hostNetwork === true) return [];
    const servers = textsAt(spec, "dnsConfig", "nameservers");
    const foreign = servers.filter((server) => !LOCAL.test(server) && !isClusterDns(server, view));
    if (foreign.length === 0 || foreign.length < servers.length) return [];
    const path = `${podSpecPath(object.kind)}.dnsConfig.nameservers`;
    return [
      finding("ForeignNameserver", {
        message: `The pods of ${displayName({ kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name })} ask only ${foreign.join(", ")} for names (dnsPolicy None), which is not the cluster's DNS: they cannot resolve names of Services.`,
        evidence: [fieldEvidence(object, path, foreign.join(", "), getFieldCommand(object, `.${path}`))],
      }),
    ];
  },
};

/** A pod that is not ready, or a workload with too few that are. */
function isLacking(object: KubeObject): boolean {
  if (object.kind === "Pod") return podPhase(object) !== "Succeeded" && conditionOf(object, "Ready")?.status === "False";
  const replicas = replicasOf(object);
  return replicas !== undefined && replicas.available < replicas.wanted;
}

function isClusterDns(server: string, view: NeighbourView): boolean {
  return DNS_SERVICES.some(([namespace, names]) =>
    names.some((name) => {
      const spec = view.byName("Service", namespace, name)?.object?.spec;
      return textAt(spec, "clusterIP") === server || textsAt(spec, "clusterIPs").includes(server);
    }),
  );
}
