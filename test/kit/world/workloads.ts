// What the controllers, the scheduler and the kubelet of the world do: nodes, workloads with their replicas, and the states of pods.
import type { Draft, Given, Told, World } from "./world.ts";

/** The namespace in which everything plays. */
export const NAMESPACE = "shop";

/** How a container, and the pod with it, stands. */
export type PodState =
  | { readonly is: "ready" }
  | { readonly is: "unready" }
  | { readonly is: "waiting"; readonly reason: string; readonly message?: string; readonly restarts?: number; readonly last?: Draft }
  | { readonly is: "unscheduled"; readonly message: string };

/** What a workload is to be. `template` is merged into the pod's spec, `container` into its one container. */
export type Wanted = {
  readonly replicas?: number;
  readonly image?: string;
  readonly port?: number;
  readonly container?: Draft;
  readonly pod?: Draft;
  /** False: no Service in front of it. */
  readonly service?: boolean;
};

const HASHES = [
  "5c9f7d6b8c",
  "6d8b5f9c7d",
  "7b6c8d5f9b",
  "8f7d9c6b5d",
  "9d5b7c8f6c",
  "b8c6d9f5b7",
  "c7d5f8b9c6",
  "d9f6b5c7d8",
  "f5b8c7d6b9",
];
const SUFFIXES = ["bcdfg", "hjklm", "npqrs", "tvwxz", "24567", "89bcd", "fghjk", "lmnpq", "rstvw", "xz245"];

let made = 0;

/** Begins a world with a namespace, its service account and two nodes. */
export function furnish(world: World): void {
  made = 0;
  world.create({ kind: "Namespace", apiVersion: "v1", metadata: { name: NAMESPACE }, status: { phase: "Active" } });
  world.create({ kind: "ServiceAccount", apiVersion: "v1", metadata: { name: "default", namespace: NAMESPACE } });
  for (const name of ["node-a", "node-b"]) node(world, name);
}

/** A ready node with 4 cores and 8 GiB. */
export function node(world: World, name: string): Told {
  return world.create({
    kind: "Node",
    apiVersion: "v1",
    metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" } },
    spec: {},
    status: {
      allocatable: { cpu: "4", memory: "8Gi", pods: "110" },
      capacity: { cpu: "4", memory: "8Gi", pods: "110" },
      conditions: [
        nodeCondition(world, "MemoryPressure", "False"),
        nodeCondition(world, "DiskPressure", "False"),
        nodeCondition(world, "Ready", "True"),
      ],
    },
  });
}

/** One condition of a node that holds since now. */
export function nodeCondition(world: World, type: string, status: string, reason = `Kubelet${type}`): Draft {
  return { type, status, reason, lastTransitionTime: world.now, lastHeartbeatTime: world.now };
}

/** A Deployment with its ReplicaSet, ready replicas and Service. */
export function deployment(world: World, name: string, wanted: Wanted = {}): Told {
  const { replicas = 2, service = true } = wanted;
  const deployed = world.create(
    inShop("Deployment", "apps/v1", name, {
      spec: { replicas, selector: { matchLabels: { app: name } }, progressDeadlineSeconds: 600, template: template(name, wanted) },
      status: {},
    }),
  );
  if (service) serviceOf(world, name, wanted.port ?? 8080);
  const set = replicaSet(world, deployed, replicas);
  for (let at = 0; at < replicas; at += 1) pod(world, set, { is: "ready" });
  sync(world);
  return deployed;
}

/** A Service on port 80, named `http`, of the pods that are labelled with its name, and its EndpointSlice. */
export function serviceOf(world: World, name: string, port: number): Told {
  const service = world.create(
    inShop("Service", "v1", name, {
      spec: {
        type: "ClusterIP",
        clusterIP: "10.96.0.20",
        selector: { app: name },
        ports: [{ name: "http", port: 80, targetPort: port, protocol: "TCP" }],
      },
      status: { loadBalancer: {} },
    }),
  );
  world.create(
    inShop("EndpointSlice", "discovery.k8s.io/v1", `${name}-x7k2p`, {
      metadata: { labels: { "kubernetes.io/service-name": name }, ownerReferences: [ownerOf(service)] },
      addressType: "IPv4",
      endpoints: [],
      ports: [{ name: "http", port, protocol: "TCP" }],
    }),
  );
  return service;
}

/** A rollout begins: the template is edited, a new ReplicaSet comes with one surplus pod in the given state. Gives that pod. */
export function rollout(
  world: World,
  name: string,
  change: (pod: Draft) => void,
  state: PodState = { is: "waiting", reason: "ContainerCreating" },
): Told {
  const deployed = world.get("Deployment", name);
  world.edit(deployed, (draft) => change(podSpec(draft)));
  world.wait(1);
  const set = replicaSet(world, deployed, 1);
  const surplus = pod(world, set, state);
  sync(world);
  return surplus;
}

/** A rollout goes through: every old pod is replaced by one in the given state. Gives the new ones. */
export function replaceAll(world: World, name: string, state: PodState): readonly Told[] {
  const deployed = world.get("Deployment", name);
  const sets = world.all("ReplicaSet").filter((set) => controls(deployed, set));
  const latest = sets.at(-1) as Told;
  for (const set of sets.slice(0, -1)) {
    for (const old of podsOf(world, set)) {
      world.remove(old);
      if (podsOf(world, latest).length < replicasOf(deployed)) pod(world, latest, state);
      world.wait(1);
    }
    world.edit(set, (draft) => Object.assign(draft["spec"] as Draft, { replicas: 0 }));
  }
  world.edit(latest, (draft) => Object.assign(draft["spec"] as Draft, { replicas: replicasOf(deployed) }));
  sync(world);
  return podsOf(world, latest);
}

/** The pods of a ReplicaSet, or of any other controller. */
export function podsOf(world: World, owner: Told): readonly Told[] {
  return world.all("Pod").filter((one) => controls(owner, one));
}

/** The pods of a Deployment that exist now. */
export function replicas(world: World, name: string): readonly Told[] {
  const deployed = world.get("Deployment", name);
  return world
    .all("ReplicaSet")
    .filter((set) => controls(deployed, set))
    .flatMap((set) => podsOf(world, set));
}

/** A ReplicaSet of a Deployment's present template. */
export function replicaSet(world: World, deployed: Told, count: number): Told {
  const hash = HASHES[made++ % HASHES.length];
  const { template: wanted } = deployed["spec"] as { template: Draft };
  return world.create(
    inShop("ReplicaSet", "apps/v1", `${deployed.metadata.name}-${hash}`, {
      metadata: { labels: { app: deployed.metadata.name }, ownerReferences: [ownerOf(deployed)] },
      spec: { replicas: count, selector: { matchLabels: { app: deployed.metadata.name } }, template: structuredClone(wanted) },
      status: { replicas: count },
    }),
  );
}

/** A pod of a controller, placed on one of the nodes unless it cannot be. */
export function pod(world: World, owner: Told, state: PodState): Told {
  const { template: wanted } = owner["spec"] as { template: { spec: Draft; metadata: { labels: Draft } } };
  const place = made % 2 === 0 ? "node-a" : "node-b";
  const one = world.create(
    inShop("Pod", "v1", `${owner.metadata.name}-${SUFFIXES[made++ % SUFFIXES.length]}`, {
      metadata: { labels: wanted.metadata.labels, ownerReferences: [ownerOf(owner)] },
      spec: { ...structuredClone(wanted.spec), ...(state.is === "unscheduled" ? {} : { nodeName: place }) },
      status: statusOf(world, state),
    }),
  );
  if (state.is === "unscheduled") world.event(one, { reason: "FailedScheduling", message: state.message });
  return one;
}

/** A pod comes to stand otherwise. */
export function turn(world: World, one: Told, state: PodState): void {
  world.edit(one, (draft) => Object.assign(draft, { status: statusOf(world, state) }));
}

/** A container that ended: `lastState` of the next run, or the state of this one. */
export function ended(world: World, exitCode: number, reason = exitCode === 0 ? "Completed" : "Error"): Draft {
  return { terminated: { exitCode, reason, startedAt: world.now, finishedAt: world.now } };
}

/** What the controllers write down about everything: the status of workloads, the endpoints of Services. */
export function sync(world: World): void {
  for (const set of world.all("ReplicaSet")) keepStatus(world, set, podsOf(world, set));
  for (const deployed of world.all("Deployment")) keepStatus(world, deployed, replicas(world, deployed.metadata.name));
  for (const slice of world.all("EndpointSlice")) keepEndpoints(world, slice);
}

function keepStatus(world: World, workload: Told, pods: readonly Told[]): void {
  const wanted = replicasOf(workload);
  const ready = pods.filter(isReady).length;
  const known = workload["status"] as { conditions?: { type: string; status: string; lastTransitionTime: string }[] };
  const available = ready >= wanted - Math.floor(wanted / 4) ? "True" : "False";
  const before = known.conditions?.find(({ type }) => type === "Available");
  const since = before?.status === available ? before.lastTransitionTime : world.now;
  const conditions = [
    {
      type: "Available",
      status: available,
      reason: available === "True" ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
      lastTransitionTime: since,
      lastUpdateTime: since,
    },
    {
      type: "Progressing",
      status: "True",
      reason: pods.length === wanted && ready === wanted ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
      lastTransitionTime: since,
      lastUpdateTime: since,
    },
  ];
  const others = (known.conditions ?? []).filter(({ type }) => type !== "Available" && type !== "Progressing");
  const status = {
    observedGeneration: workload.metadata["generation"],
    replicas: pods.length,
    updatedReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    ...(workload.kind === "Deployment" ? { conditions: [...conditions, ...others] } : others.length > 0 ? { conditions: others } : {}),
  };
  if (JSON.stringify(status) !== JSON.stringify(known)) world.edit(workload, (draft) => Object.assign(draft, { status }));
}

function keepEndpoints(world: World, slice: Told): void {
  const name = String((slice.metadata["labels"] as Draft)["kubernetes.io/service-name"]);
  const service = world.all("Service").find((one) => one.metadata.name === name);
  const selector = Object.entries((service?.["spec"] as { selector?: Draft } | undefined)?.selector ?? {});
  const selected =
    selector.length === 0
      ? []
      : world.all("Pod").filter((one) => selector.every(([key, value]) => (one.metadata["labels"] as Draft)[key] === value));
  const endpoints = selected
    .filter((one) => (one["spec"] as Draft)["nodeName"] !== undefined)
    .map((one, at) => ({
      addresses: [`10.1.0.${at + 10}`],
      conditions: { ready: isReady(one), serving: isReady(one), terminating: false },
      targetRef: { kind: "Pod", namespace: NAMESPACE, name: one.metadata.name, uid: one.metadata.uid },
    }));
  if (JSON.stringify(endpoints) !== JSON.stringify(slice["endpoints"])) world.edit(slice, (draft) => Object.assign(draft, { endpoints }));
}

/** The spec of the pod that a workload makes. */
export function podSpec(workload: Told): Draft {
  return (workload["spec"] as { template: { spec: Draft } }).template.spec;
}

/** The one container of a pod's spec. */
export function containerIn(spec: Draft): Draft {
  return (spec["containers"] as Draft[])[0] as Draft;
}

/** An object of the namespace. */
export function inShop(kind: string, apiVersion: string, name: string, rest: Draft): Given {
  const { metadata, ...fields } = rest;
  return { kind, apiVersion, metadata: { name, namespace: NAMESPACE, ...(metadata as Draft | undefined) }, ...fields };
}

/** The owner reference to a controller. */
export function ownerOf({ kind, apiVersion, metadata }: Told): Draft {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

function template(name: string, { image = `registry.example/${name}:1.0`, port = 8080, container = {}, pod: rest = {} }: Wanted): Draft {
  const app = { name: "app", image, ports: [{ name: "http", containerPort: port }], ...container };
  return {
    metadata: { labels: { app: name } },
    spec: { serviceAccountName: "default", restartPolicy: "Always", terminationGracePeriodSeconds: 30, ...rest, containers: [app] },
  };
}

function statusOf(world: World, state: PodState): Draft {
  if (state.is === "unscheduled")
    return {
      phase: "Pending",
      conditions: [
        { type: "PodScheduled", status: "False", reason: "Unschedulable", message: state.message, lastTransitionTime: world.now },
      ],
    };
  const ready = state.is === "ready" ? "True" : "False";
  const since = { lastTransitionTime: world.now };
  const running =
    state.is === "waiting"
      ? { waiting: { reason: state.reason, ...(state.message ? { message: state.message } : {}) } }
      : { running: { startedAt: world.now } };
  const restarts = state.is === "waiting" ? (state.restarts ?? 0) : 0;
  const last = state.is === "waiting" ? (state.last ?? {}) : {};
  return {
    phase: state.is === "waiting" && restarts === 0 ? "Pending" : "Running",
    startTime: world.now,
    conditions: [
      { type: "PodScheduled", status: "True", ...since },
      { type: "Initialized", status: "True", ...since },
      { type: "ContainersReady", status: ready, ...since },
      { type: "Ready", status: ready, ...since },
    ],
    containerStatuses: [
      {
        name: "app",
        ready: state.is === "ready",
        started: state.is !== "waiting",
        restartCount: restarts,
        state: running,
        lastState: last,
      },
    ],
  };
}

function isReady(one: Told): boolean {
  const { conditions = [] } = one["status"] as { conditions?: { type: string; status: string }[] };
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

function replicasOf(workload: Told): number {
  return Number((workload["spec"] as Draft)["replicas"]);
}

function controls(owner: Told, one: Told): boolean {
  return ((one.metadata["ownerReferences"] ?? []) as Draft[]).some(({ uid }) => uid === owner.metadata.uid);
}
