// What a NetworkPolicy's rules let through: pure matching of peers and ports, where "cannot tell" counts as let through.
import type { JsonObject } from "../domain/kube-object.ts";
import { type Labels, parseSelector, selectorMatches } from "../graph/selector.ts";
import { isObject, numberAt, objectsAt, textAt, textsAt } from "./read-json.ts";

/** A side of a connection, as a peer of a rule is matched against it. `namespaceLabels` is undefined while the namespace is not known. */
export type PolicyPeer = { readonly namespace: string; readonly labels: Labels; readonly namespaceLabels?: Labels | undefined };

/** A port that a connection goes to; `name` is the name of the container port, where it has one. */
export type PolicyPort = { readonly port: number; readonly name?: string | undefined; readonly protocol: string };

/** One direction of a policy: the namespace it is in and its rules. No rules: nothing is let through. */
export type PolicyRules = { readonly namespace: string; readonly rules: readonly JsonObject[] };

/** The rules of a policy in one direction, undefined when it does not isolate in that direction (NetworkPolicySpec.policyTypes). */
export function rulesOf(spec: JsonObject | undefined, namespace: string, direction: "ingress" | "egress"): PolicyRules | undefined {
  const types = textsAt(spec, "policyTypes");
  const isolates =
    types.length > 0
      ? types.includes(direction === "ingress" ? "Ingress" : "Egress")
      : direction === "ingress" || objectsAt(spec, "egress").length > 0;
  return isolates ? { namespace, rules: objectsAt(spec, direction) } : undefined;
}

/** Whether any rule lets a connection with this peer to one of these ports through. No ports known: ports are not looked at. */
export function admits(
  policies: readonly PolicyRules[],
  direction: "ingress" | "egress",
  peer: PolicyPeer,
  ports: readonly PolicyPort[],
): boolean {
  return policies.some(({ namespace, rules }) =>
    rules.some((rule) => {
      const peers = objectsAt(rule, direction === "ingress" ? "from" : "to");
      return (peers.length === 0 || peers.some((entry) => peerMatches(entry, namespace, peer))) && portsMatch(rule, ports);
    }),
  );
}

function peerMatches(entry: JsonObject, policyNamespace: string, peer: PolicyPeer): boolean {
  // Pod addresses are not compared with blocks: they come and go.
  if (isObject(entry.ipBlock)) return true;
  if (isObject(entry.podSelector) && !selectorMatches(parseSelector(entry.podSelector), peer.labels)) return false;
  if (!isObject(entry.namespaceSelector)) return peer.namespace === policyNamespace;
  if (peer.namespaceLabels === undefined) return true;
  // The API server labels every namespace with its name.
  const labels = { "kubernetes.io/metadata.name": peer.namespace, ...peer.namespaceLabels };
  return selectorMatches(parseSelector(entry.namespaceSelector), labels);
}

function portsMatch(rule: JsonObject, ports: readonly PolicyPort[]): boolean {
  const allowed = objectsAt(rule, "ports");
  return allowed.length === 0 || ports.length === 0 || ports.some((port) => allowed.some((entry) => portMatches(entry, port)));
}

function portMatches(entry: JsonObject, { port, name, protocol }: PolicyPort): boolean {
  if ((textAt(entry, "protocol") ?? "TCP") !== protocol) return false;
  const first = numberAt(entry, "port");
  if (first !== undefined) return port >= first && port <= (numberAt(entry, "endPort") ?? first);
  const named = textAt(entry, "port");
  // Without a port all ports of the protocol are meant; a name cannot be compared where the pod's port has none that is known.
  return named === undefined || name === undefined || named === name;
}
