// An incident as an agent sees it: a memory setting and a rollout at the same time, three replicas that die of it over and over, each told by several records, and counts of all that.
import type { WireCause, WireGraphLink, WireGraphNode, WireIncidentGraph, WireSubject } from "../../agent/protocol/incident.ts";
import { at, incident, link, node, subject } from "./wire-builders.ts";

const CONFIG = subject("ConfigMap", "shop/cart-config");
const DEPLOYMENT = subject("Deployment", "shop/cart");
const SERVICE = subject("Service", "shop/cart");
const NAMESPACE = subject("Namespace", "shop");
const HASH = "6d5f4b7c9";
/** The replicas, with the label that tells their ReplicaSet. */
export const REPLICAS: readonly WireSubject[] = ["x2kq7", "b9wzr", "f4mtn"].map((ending) => ({
  ...subject("Pod", `shop/cart-${HASH}-${ending}`),
  labels: { app: "cart", "pod-template-hash": HASH },
}));

function cause(event: string, of: WireSubject, reason: string, over: Partial<WireCause> = {}): WireCause {
  const { rid, kind, name } = of;
  const base = { rid, event_id: event, kind, namespace: "shop", name, reason, category: "change", confidence: 0.83 };
  return { ...base, explanation: `${reason} of ${kind} ${name}.`, evidence: [], ...over };
}

function replicaNodes(
  pod: WireSubject,
  index: number,
  time: (seconds: number) => { first_time: string; last_time: string },
): WireGraphNode[] {
  const crash = { reason: "CrashLoopBackOff", count: 4, ...time(10 + index) };
  return [
    node(`oom-${index}`, pod, { reason: "OOMKilled", severity: "FATAL", category: "resources", count: 4, ...time(9 + index) }),
    node(`crash-state-${index}`, pod, { ...crash, severity: "FATAL" }),
    node(`crash-event-${index}`, pod, { ...crash, etype: "k8s.event", severity: "ERROR", ...time(11 + index) }),
  ];
}

function replicaLinks(index: number): WireGraphLink[] {
  return [
    link("setting", `oom-${index}`, { confidence: 0.83 }),
    link("image", `oom-${index}`, { confidence: 0.74 }),
    link("template", `oom-${index}`, { confidence: 0.64 }),
    link(`oom-${index}`, "unready", { confidence: 0.81 }),
    link(`oom-${index}`, "missing", { confidence: 0.74 }),
    link(`oom-${index}`, "leak", { confidence: 0.72 }),
    ...[`crash-state-${index}`, `crash-event-${index}`].flatMap((crash) => [
      link(`oom-${index}`, crash, { confidence: 0.98 }),
      link("setting", crash, { confidence: 0.8 }),
      link("image", crash, { confidence: 0.74 }),
      link("leak", crash, { confidence: 0.6 }),
      link(crash, "unready", { confidence: 0.81 }),
      link(crash, "missing", { confidence: 0.74 }),
      link(crash, "cascade-0", { confidence: 0.65 }),
    ]),
  ];
}

/** 17 episodes and 63 links that come down to 6 cards and 6 links. */
export function replicaGraph(baseMs: number): WireIncidentGraph {
  const time = (seconds: number) => ({ first_time: at(baseMs, seconds), last_time: at(baseMs, seconds + 60) });
  const change = { etype: "k8s.change", severity: "INFO", category: "change" } as const;
  const count = { etype: "anomaly", severity: "WARNING", count: 2 } as const;
  const nodes = [
    node("setting", CONFIG, { ...change, reason: "MemorySettingChanged", role: "root_cause", ...time(0) }),
    node("template", DEPLOYMENT, { ...change, reason: "PodTemplateChanged", role: "cause", ...time(1) }),
    node("image", DEPLOYMENT, { ...change, reason: "ImageChanged", role: "cause", ...time(1) }),
    ...REPLICAS.flatMap((pod, index) => replicaNodes(pod, index, time)),
    node("missing", DEPLOYMENT, { reason: "ReplicasUnavailable", ...time(9) }),
    node("unready", SERVICE, { reason: "NoReadyEndpoints", ...time(12) }),
    node("leak", DEPLOYMENT, { ...count, reason: "memory_leak", ...time(13) }),
    node("cascade-0", NAMESPACE, { ...count, reason: "cascading_failure", ...time(13) }),
    node("cascade-1", NAMESPACE, { ...count, reason: "cascading_failure", ...time(23) }),
  ];
  const links = [
    ...[0, 1, 2].flatMap(replicaLinks),
    link("image", "missing", { confidence: 0.9 }),
    link("template", "missing", { confidence: 0.9 }),
    link("leak", "missing", { confidence: 0.8 }),
  ];
  const root = cause("setting", CONFIG, "MemorySettingChanged");
  const pod = REPLICAS[0] as WireSubject;
  const told = incident("inc-cart", baseMs, {
    title: "ConfigMap shop/cart-config: a setting that sizes memory was changed",
    severity: "FATAL",
    confidence: 0.83,
    root_cause: root,
    causes: [
      root,
      cause("image", DEPLOYMENT, "ImageChanged", { confidence: 0.14 }),
      cause("oom-0", DEPLOYMENT, "OOMKilled", { confidence: 0.02, rejected_because: "it is itself explained by the root cause" }),
    ],
    first_critical_failure: "oom-0",
    path: [
      { from: CONFIG, to: pod, relation: "USES", evidence: "envFrom[0].configMapRef.name=cart-config" },
      { from: pod, to: SERVICE, relation: "SELECTS", evidence: "spec.selector: app=cart" },
    ],
    event_count: nodes.length,
  });
  const timeline = nodes.map(({ event_id, first_time, last_time, count: times, etype, reason, severity, message, resource }) => ({
    ...{ event_id, event_time: first_time, last_time, count: times, etype, reason, severity, message, resource },
  }));
  return { incident: told, nodes, links, timeline, truncated: false };
}
