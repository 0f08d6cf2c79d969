// What an agent would tell the page: a whole incident with its graph, others for the list, an unsure one, a hostile one, and a big one.
import type { WireStats } from "../../agent/protocol/graph.ts";
import type {
  WireAffected,
  WireCause,
  WireGraphLink,
  WireIncident,
  WireIncidentGraph,
  WirePathStep,
  WireSeverity,
  WireSubject,
} from "../../agent/protocol/incident.ts";
import { at, incident, link, node, subject } from "./wire-builders.ts";

const SETTINGS = subject("ConfigMap", "shop/checkout-settings");
const DEPLOYMENT = subject("Deployment", "shop/checkout");
const PODS = ["6b7f9c5d8-2xk4q", "6b7f9c5d8-8plm2", "6b7f9c5d8-w9zrt"].map((hash) => subject("Pod", `shop/checkout-${hash}`));
const SERVICE = subject("Service", "shop/checkout");
const GATEWAY = subject("Pod", "edge/gateway-54c8d7b6f9-hx7dn");
const INGRESS = subject("Ingress", "edge/storefront");
const NODE = subject("Node", "worker-eu-3");

function changed(baseMs: number): WireCause {
  return {
    rid: SETTINGS.rid,
    event_id: "cm-changed",
    kind: "ConfigMap",
    namespace: "shop",
    name: "checkout-settings",
    reason: "ConfigMapChanged",
    category: "config",
    confidence: 0.92,
    explanation:
      "The key PAYMENTS_URL of ConfigMap shop/checkout-settings was changed 40 seconds before the first of three pods that read it failed; every later failure follows from these pods, and nothing else changed in that time.",
    evidence: [
      {
        source: "ConfigMap shop/checkout-settings data.PAYMENTS_URL",
        text: "before: http://payments:8080\nafter:  http://payments:8443",
        command: "kubectl -n shop get configmap checkout-settings -o yaml --show-managed-fields",
      },
      { source: "metadata.managedFields", text: `manager: kubectl-edit, at ${at(baseMs, 0)}` },
    ],
  };
}

const OTHER_CAUSES: readonly WireCause[] = [
  {
    rid: DEPLOYMENT.rid,
    event_id: "rollout",
    kind: "Deployment",
    namespace: "shop",
    name: "checkout",
    reason: "EnvironmentChanged",
    category: "config",
    confidence: 0.05,
    explanation:
      "The pods were restarted by a rollout that began after the ConfigMap was changed; the rollout itself changed only an annotation.",
    evidence: [
      {
        source: "Deployment shop/checkout",
        text: "spec.template.metadata.annotations[restartedAt] added",
        command: "kubectl -n shop rollout history deployment checkout",
      },
    ],
  },
  {
    rid: NODE.rid,
    event_id: "node-pressure",
    kind: "Node",
    name: "worker-eu-3",
    reason: "MemoryPressure",
    category: "node",
    confidence: 0.01,
    explanation: "The node that one of the pods ran on was short of memory for two minutes.",
    evidence: [
      {
        source: "Node worker-eu-3 status.conditions[MemoryPressure]",
        text: "KubeletHasInsufficientMemory",
        command: "kubectl describe node worker-eu-3",
      },
    ],
    rejected_because: "Two of the three failing pods run on other nodes, and the pods exited with code 1, not for memory.",
  },
];

const PATH: readonly WirePathStep[] = [
  {
    from: SETTINGS,
    to: DEPLOYMENT,
    relation: "USES",
    evidence: "spec.template.spec.containers[checkout].envFrom[0].configMapRef.name=checkout-settings",
  },
  { from: DEPLOYMENT, to: PODS[0] as WireSubject, relation: "CONTROLS", evidence: "ownerReferences: ReplicaSet checkout-6b7f9c5d8" },
  { from: PODS[0] as WireSubject, to: SERVICE, relation: "SELECTS", evidence: "spec.selector: app=checkout" },
  { from: SERVICE, to: GATEWAY, relation: "CALLS", evidence: "env CHECKOUT_URL=http://checkout.shop.svc:80" },
];

function affected(baseMs: number): WireAffected[] {
  const hit = [...PODS, DEPLOYMENT, SERVICE, GATEWAY, INGRESS].map(
    (one, index): WireAffected => ({ ...one, role: "symptom", since: at(baseMs, 40 + index * 9) }),
  );
  const near = ["shop/cart", "shop/orders", "edge/mobile-api"].map(
    (path): WireAffected => ({ ...subject("Service", path), role: "at_risk" }),
  );
  return [...hit, ...near];
}

/** The incident that the page's tests and pictures are about: a wrong port in a ConfigMap takes the shop's checkout down. */
export function shopIncident(baseMs: number): WireIncident {
  const cause = changed(baseMs);
  return incident("inc-checkout", baseMs, {
    title: "checkout crash-loops since ConfigMap checkout-settings was changed",
    summary:
      "PAYMENTS_URL in ConfigMap shop/checkout-settings was changed to a port on which nothing listens. The three pods of Deployment shop/checkout cannot reach payments and exit, Service checkout has no ready endpoint, and the gateway answers 503 to its callers.",
    severity: "FATAL",
    last_seen: at(baseMs, 640),
    confidence: 0.92,
    root_cause: cause,
    causes: [cause, ...OTHER_CAUSES],
    affected: affected(baseMs),
    path: [...PATH],
    evidence_gaps: [
      "Logs of Pod shop/checkout-6b7f9c5d8-w9zrt could not be read: the agent's role lacks get on pods/log in namespace shop.",
      "History of Deployments begins 14 minutes before the incident: an earlier change would not be seen.",
    ],
    first_critical_failure: "crash-0",
    event_count: 41,
    namespaces: ["shop", "edge"],
    similar: [
      {
        id: "inc-old-1",
        title: "orders crash-loops since ConfigMap orders-settings was changed",
        score: 0.88,
        because: "A ConfigMap change made pods of a Deployment crash and its Service lose all endpoints.",
        confirmed: true,
      },
      { id: "inc-old-2", title: "cart has no ready endpoints", score: 0.61, because: "The same Service chain to the gateway was hit." },
    ],
  });
}

/** The shop incident's graph: 13 nodes, 14 links. */
export function shopGraph(baseMs: number): WireIncidentGraph {
  const t = (seconds: number): string => at(baseMs, seconds);
  const pods = PODS.flatMap((pod, index) => [
    node(`refused-${index}`, pod, {
      etype: "k8s.log",
      reason: "ConnectionRefused",
      severity: "ERROR",
      category: "network",
      message: "dial tcp 10.96.14.3:8443: connect: connection refused",
      first_time: t(40 + index * 4),
      last_time: t(600),
      count: 12 + index,
      evidence: [
        {
          source: "log of container checkout",
          text: 'level=fatal msg="payments unreachable" err="dial tcp 10.96.14.3:8443: connect: connection refused"',
          command: `kubectl -n shop logs ${pod.name} -c checkout --previous`,
        },
      ],
    }),
    node(`crash-${index}`, pod, {
      first_time: t(52 + index * 5),
      last_time: t(630),
      count: 9,
      severity: index === 0 ? "FATAL" : "ERROR",
      message: `back-off 5m0s restarting failed container=checkout pod=${pod.name}_shop`,
      evidence: [
        {
          source: `Pod shop/${pod.name} status.containerStatuses[checkout].state.waiting`,
          text: "CrashLoopBackOff",
          command: `kubectl -n shop get pod ${pod.name} -o jsonpath='{.status.containerStatuses}'`,
        },
      ],
    }),
  ]);
  const nodes = [
    node("cm-changed", SETTINGS, {
      etype: "k8s.change",
      reason: "ConfigMapChanged",
      severity: "INFO",
      category: "config",
      role: "root_cause",
      message: "data.PAYMENTS_URL: http://payments:8080 to http://payments:8443",
      first_time: t(0),
      last_time: t(0),
      evidence: changed(baseMs).evidence,
    }),
    node("rollout", DEPLOYMENT, {
      etype: "k8s.change",
      reason: "PodTemplateChanged",
      severity: "INFO",
      category: "change",
      role: "cause",
      message: "annotation restartedAt added",
      first_time: t(22),
      last_time: t(22),
    }),
    ...pods,
    node("unavailable", DEPLOYMENT, {
      reason: "ReplicasUnavailable",
      message: "0 of 3 replicas are available",
      first_time: t(75),
      last_time: t(630),
    }),
    node("no-endpoints", SERVICE, {
      reason: "NoReadyEndpoints",
      severity: "ERROR",
      category: "dependency",
      message: "Service has no ready endpoint",
      first_time: t(84),
      last_time: t(630),
      evidence: [
        {
          source: "EndpointSlice checkout-x7k2p",
          text: "endpoints[].conditions.ready: false, false, false",
          command: "kubectl -n shop get endpointslices -l kubernetes.io/service-name=checkout",
        },
      ],
    }),
    node("gateway-503", GATEWAY, {
      etype: "k8s.log",
      reason: "Http503",
      category: "dependency",
      message: "upstream checkout.shop.svc:80 returned 503",
      first_time: t(96),
      last_time: t(640),
      count: 214,
    }),
    node("alert", INGRESS, {
      etype: "prom.alert",
      reason: "HighErrorRate",
      severity: "FATAL",
      category: "application",
      message: "5xx ratio 38 % for 2 min",
      first_time: t(220),
      last_time: t(640),
    }),
    node("spike", subject("Namespace", "shop"), {
      etype: "anomaly",
      reason: "error_spike",
      severity: "WARNING",
      category: "unknown",
      message: "23 errors a minute in namespace shop",
      first_time: t(130),
      last_time: t(310),
      cleared_time: t(430),
    }),
  ];
  const links = [
    link("cm-changed", "rollout", {
      confidence: 0.71,
      domain_score: 0.6,
      rule: "config-change-to-rollout",
      sentence: "ConfigMap shop/checkout-settings was changed, and the Deployment that reads it was restarted.",
    }),
    ...[0, 1, 2].flatMap((index) => [
      link("cm-changed", `refused-${index}`, {
        confidence: 0.81 - index * 0.01,
        path: [
          { from: PODS[index] as WireSubject, to: SETTINGS, relation: "USES", evidence: "envFrom[0].configMapRef.name=checkout-settings" },
        ],
        sentence: "ConfigMap shop/checkout-settings was changed, and the container that reads it cannot reach its dependency any more.",
      }),
      link(`refused-${index}`, `crash-${index}`, {
        confidence: 0.94,
        hops: 0,
        distance_score: 1,
        rule: "refused-to-crash",
        sentence: "The container exits because a connection is refused, so the kubelet restarts it with a back-off.",
      }),
      link(`crash-${index}`, index === 0 ? "unavailable" : "no-endpoints", {
        confidence: 0.79,
        rule: "crash-to-unavailable",
        sentence: "The pod is not ready, so it is no endpoint of the Service.",
      }),
    ]),
    link("rollout", "crash-0", {
      confidence: 0.55,
      domain_score: 0.4,
      rule: "change-to-failure",
      sentence: "The pod template was changed shortly before the pod failed.",
    }),
    link("crash-0", "no-endpoints", { confidence: 0.8, rule: "crash-to-no-endpoints" }),
    link("no-endpoints", "gateway-503", {
      confidence: 0.86,
      rule: "no-endpoints-to-caller-error",
      sentence: "Service shop/checkout has no ready endpoint, so its callers get errors.",
    }),
    link("gateway-503", "alert", { confidence: 0.74, rule: "errors-to-alert", sentence: "The errors of the gateway raised the alert." }),
  ];
  const timeline = nodes.map((one) => ({
    event_id: one.event_id,
    event_time: one.first_time,
    last_time: one.last_time,
    count: one.count,
    etype: one.etype,
    reason: one.reason,
    severity: one.severity,
    message: one.message,
    resource: one.resource,
  }));
  return { incident: shopIncident(baseMs), nodes, links, timeline, truncated: false };
}

/** An incident without a named root cause. */
export function unsureIncident(baseMs: number): WireIncident {
  const guess: WireCause = { ...(OTHER_CAUSES[0] as WireCause), event_id: "guess", confidence: 0.31 };
  return incident("inc-unsure", baseMs - 2_000_000, {
    title: "Not sure: reports time out in namespace analytics",
    summary: "Jobs in namespace analytics time out. Two things changed in that time and neither explains all of it.",
    severity: "WARNING",
    last_seen: at(baseMs, 500),
    causes: [guess],
    namespaces: ["analytics"],
    affected: [{ ...subject("Job", "analytics/nightly-report"), role: "symptom", since: at(baseMs, -2000) }],
    evidence_gaps: ["No logs of namespace analytics are collected."],
  });
}

/** An incident whose every text tries to be markup, a script or a trick. */
export function hostileIncident(baseMs: number): WireIncident {
  const evil = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
  const cause: WireCause = {
    rid: "pod:evil",
    event_id: "evil",
    kind: "Pod",
    namespace: evil,
    name: `${evil}\u202egnp.exe`,
    reason: evil,
    category: "unknown",
    confidence: 0.6,
    explanation: evil,
    evidence: [{ source: evil, text: `${evil}\n\u0007`, command: `kubectl get pod '${evil}'` }],
  };
  return incident("inc-hostile", baseMs - 900_000, {
    title: `Pod ${evil} fails ${"x".repeat(300)}`,
    summary: evil,
    confidence: 0.6,
    root_cause: cause,
    causes: [cause, { ...cause, event_id: "evil-2", rejected_because: evil }],
    namespaces: [evil],
    affected: [{ ...subject("Pod", "shop/evil"), name: evil, role: "symptom" }],
    evidence_gaps: [evil],
    similar: [{ id: "javascript:alert(1)", title: evil, score: 0.5, because: evil }],
  });
}

const OTHERS: readonly (readonly [string, WireSeverity, string, number])[] = [
  ["search cannot be scheduled: no node has 16 CPU", "ERROR", "search", 0.97],
  ["Node worker-eu-7 does not answer, 14 pods evicted", "FATAL", "platform", 0.88],
  ["image registry.example.com/billing:2.4.1 does not exist", "ERROR", "billing", 0.99],
  ["claim data-postgres-0 waits for a StorageClass that does not exist", "ERROR", "data", 0.94],
  ["quota of namespace team-blue is used up", "WARNING", "team-blue", 0.9],
  ["mail-relay was killed for memory after its limit was lowered", "ERROR", "mail", 0.86],
];

/** The list: the shop incident, others, an unsure one, one resolved, one muted, and the hostile one. */
export function incidentList(baseMs: number): WireIncident[] {
  const others = OTHERS.map(([title, severity, namespace, confidence], index) => {
    const cause = { ...changed(baseMs), confidence, namespace };
    return incident(`inc-${index}`, baseMs - (index + 1) * 1_700_000, {
      title,
      severity,
      namespaces: [namespace],
      confidence,
      root_cause: cause,
      causes: [cause],
      affected: affected(baseMs).slice(0, 2 + index),
      ...(index === 4 ? { muted_by: "mute-1" } : {}),
      ...(index === 5 ? { state: "resolved" as const, resolved_at: at(baseMs, -300) } : {}),
    });
  });
  return [shopIncident(baseMs), ...others, unsureIncident(baseMs), hostileIncident(baseMs)];
}

/** A graph of any listed incident that has none of its own: its causes on one side, what is hit on the other. */
export function plainGraph(of: WireIncident): WireIncidentGraph {
  const causes = of.causes.map((cause) =>
    node(
      cause.event_id,
      {
        rid: cause.rid,
        cluster: of.cluster,
        kind: cause.kind,
        name: cause.name,
        ...(cause.namespace ? { namespace: cause.namespace } : {}),
      },
      {
        reason: cause.reason,
        role: cause.event_id === of.root_cause?.event_id ? "root_cause" : "cause",
        first_time: of.first_seen,
        last_time: of.first_seen,
        evidence: cause.evidence,
      },
    ),
  );
  const hit = of.affected.map((one, index) =>
    node(`hit-${index}`, one, { first_time: one.since ?? of.last_seen, last_time: of.last_seen }),
  );
  const first = causes[0];
  const nodes = [...causes, ...hit];
  const timeline = nodes.map((one) => ({
    event_id: one.event_id,
    event_time: one.first_time,
    last_time: one.last_time,
    count: one.count,
    etype: one.etype,
    reason: one.reason,
    severity: one.severity,
    message: one.message,
    resource: one.resource,
  }));
  return { incident: of, nodes, links: first ? hit.map((one) => link(first.event_id, one.event_id)) : [], timeline, truncated: false };
}

/** A node outage with `size` episodes: evicted pods in several namespaces, their Services and callers. */
export function bigGraph(baseMs: number, size: number): WireIncidentGraph {
  const lost = node("node-lost", NODE, {
    reason: "NodeUnknown",
    severity: "FATAL",
    category: "node",
    role: "root_cause",
    first_time: at(baseMs, 0),
    last_time: at(baseMs, 0),
  });
  const nodes = [lost];
  const links: WireGraphLink[] = [];
  for (let index = 1; index < size; index += 1) {
    const namespace = `team-${index % 5}`;
    const time = { first_time: at(baseMs, index), last_time: at(baseMs, index + 60) };
    if (index % 3 === 0) {
      nodes.push(
        node(`svc-${index}`, subject("Service", `${namespace}/api-${index}`), {
          reason: "NoReadyEndpoints",
          category: "dependency",
          ...time,
        }),
      );
      links.push(link(`pod-${index - 1}`, `svc-${index}`, { confidence: 0.8 }));
    } else {
      nodes.push(
        node(`pod-${index}`, subject("Pod", `${namespace}/api-${index}-7c9d8`), {
          reason: index % 2 === 0 ? "Evicted" : "CrashLoopBackOff",
          category: "node",
          ...time,
        }),
      );
      links.push(link("node-lost", `pod-${index}`, { confidence: 0.9 - (index % 7) / 50 }));
    }
  }
  const { namespace: _none, ...cause } = changed(baseMs);
  const root: WireCause = {
    ...cause,
    rid: NODE.rid,
    event_id: "node-lost",
    kind: "Node",
    name: "worker-eu-3",
    reason: "NodeUnknown",
    category: "node",
    confidence: 0.95,
  };
  const big = incident("inc-big", baseMs, {
    title: "Node worker-eu-3 does not answer",
    summary: "Node worker-eu-3 sends no heartbeat; its pods were evicted or crash, and the Services they served have lost endpoints.",
    severity: "FATAL",
    confidence: 0.95,
    root_cause: root,
    causes: [root],
    namespaces: ["team-0", "team-1", "team-2", "team-3", "team-4"],
    affected: nodes.slice(1).map((one): WireAffected => ({ ...one.resource, role: "symptom", since: one.first_time })),
    first_critical_failure: "pod-1",
    event_count: size,
  });
  return { ...plainGraph(big), nodes, links };
}

/** Statistics of a healthy agent. */
export function stats(baseMs: number): WireStats {
  return {
    timestamp: at(baseMs, 650),
    resources: 2481,
    episodic_events: 18_204,
    incidents: 9,
    edges: 7310,
    resources_by_kind: { Pod: 1204, ReplicaSet: 418, ConfigMap: 310, Service: 161, Deployment: 142, Secret: 120, Node: 24, Ingress: 18 },
    edges_by_type: { CONTROLS: 1622, SELECTS: 1181, RUNS_ON: 1204 },
    events_by_severity: { INFO: 9120, WARNING: 6120, ERROR: 2711, FATAL: 253 },
    newest_event: at(baseMs, 640),
  };
}
