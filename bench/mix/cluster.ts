// A believable cluster: namespaces, nodes, and workloads with their replica sets, pods, services, slices and config maps. Facts only; objects.ts tells them.
import type { Random } from "./random.ts";

/** A machine. */
export type Node = { readonly name: string; readonly uid: string; readonly zone: string; ready: boolean; readySinceMs: number };

/** How far a pod's only container has got. */
export type PodStage = "pending" | "creating" | "running" | "ready" | "crashed" | "backoff" | "pull" | "ending";

/** A pod; `changedMs`: when its stage last changed. */
export type Pod = {
  readonly name: string;
  readonly uid: string;
  readonly workload: Workload;
  readonly set: ReplicaSet;
  readonly createdMs: number;
  readonly ip: string;
  node: Node | undefined;
  stage: PodStage;
  changedMs: number;
  startedMs: number;
  restartCount: number;
  exit?: { readonly code: number; readonly reason: string; readonly atMs: number } | undefined;
  /** How often a controller has written its cost of deletion into an annotation. */
  priced: number;
  /** When a load balancer last probed it. */
  probedMs: number;
};

/** One version of a workload's pod template. */
export type ReplicaSet = {
  readonly name: string;
  readonly uid: string;
  readonly hash: string;
  readonly image: string;
  readonly createdMs: number;
};

/** What goes wrong with a workload for a while. */
export type Fault = "crash" | "oom" | "image" | "unready";

/** A Deployment with everything that belongs to it. */
export type Workload = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly replicas: number;
  readonly serviceUid: string;
  readonly sliceUid: string;
  readonly configUid: string;
  readonly scaled: boolean;
  readonly createdMs: number;
  /** The service it calls; nothing for those at the end of the chain. */
  readonly calls: Workload | undefined;
  generation: number;
  sets: ReplicaSet[];
  pods: Pod[];
  fault: Fault | undefined;
};

/** All of it. */
export type Cluster = {
  readonly nodes: readonly Node[];
  readonly namespaces: readonly { readonly name: string; readonly uid: string }[];
  readonly workloads: readonly Workload[];
  readonly startMs: number;
};

/** Resources of one workload with five replicas: Deployment, two ReplicaSets, pods, Service, slice, ConfigMap, and a fifth of an autoscaler. */
const PER_WORKLOAD = 11.2;

const TEAMS = ["shop", "search", "billing", "media", "ledger", "ingest", "mail", "maps", "auth", "report"];
const ROLES = ["api", "web", "worker", "gateway", "cache", "sync", "indexer", "store", "feed", "proxy"];

/** A cluster of about `resources` resources, all healthy. */
export function makeCluster(random: Random, resources: number, startMs: number): Cluster {
  const nodeCount = Math.max(3, Math.round(resources / 80));
  const namespaceCount = Math.max(2, Math.round(resources / 250));
  const nodes = Array.from(
    { length: nodeCount },
    (_, at): Node => ({
      name: `node-${at}`,
      uid: random.uid(),
      zone: `zone-${"abc"[at % 3]}`,
      ready: true,
      readySinceMs: startMs - 86_400_000,
    }),
  );
  const namespaces = Array.from({ length: namespaceCount }, (_, at) => ({ name: `${TEAMS[at % TEAMS.length]}-${at}`, uid: random.uid() }));
  const workloads: Workload[] = [];
  const count = Math.max(4, Math.round((resources - nodeCount - namespaceCount) / PER_WORKLOAD));
  for (let at = 0; at < count; at += 1) {
    const { name: namespace } = namespaces[at % namespaceCount] as { name: string };
    // Every third calls one of its own namespace, so that trouble has somewhere to travel.
    const calls = at % 3 > 0 ? workloads[at - namespaceCount] : undefined;
    workloads.push(makeWorkload(random, { namespace, at, calls, startMs }, nodes));
  }
  return { nodes, namespaces, workloads, startMs };
}

type Place = { readonly namespace: string; readonly at: number; readonly calls: Workload | undefined; readonly startMs: number };

function makeWorkload(random: Random, { namespace, at, calls, startMs }: Place, nodes: readonly Node[]): Workload {
  const workload: Workload = {
    namespace,
    name: `${ROLES[at % ROLES.length]}-${at}`,
    uid: random.uid(),
    replicas: 3 + random.below(5),
    serviceUid: random.uid(),
    sliceUid: random.uid(),
    configUid: random.uid(),
    scaled: random.chance(0.2),
    createdMs: startMs - 30 * 86_400_000,
    calls,
    generation: 1,
    sets: [],
    pods: [],
    fault: undefined,
  };
  for (let version = 0; version < 2; version += 1) addReplicaSet(workload, random, startMs - (2 - version) * 7 * 86_400_000);
  for (let replica = 0; replica < workload.replicas; replica += 1) {
    const pod = addPod(workload, random, startMs - 86_400_000);
    pod.node = random.pick(nodes);
    Object.assign(pod, { stage: "ready", changedMs: startMs - 86_390_000, startedMs: startMs - 86_395_000 });
  }
  return workload;
}

/** A new version of the pod template. */
export function addReplicaSet(workload: Workload, random: Random, atMs: number): ReplicaSet {
  const hash = random.suffix(10);
  const set: ReplicaSet = {
    name: `${workload.name}-${hash}`,
    uid: random.uid(),
    hash,
    image: `registry.example.com/${workload.namespace}/${workload.name}:1.${workload.generation}.${random.below(100)}`,
    createdMs: atMs,
  };
  workload.generation += 1;
  workload.sets = [...workload.sets.slice(-1), set];
  return set;
}

/** A pod of the newest version, not yet scheduled. */
export function addPod(workload: Workload, random: Random, atMs: number): Pod {
  const set = workload.sets.at(-1) as ReplicaSet;
  const pod: Pod = {
    name: `${set.name}-${random.suffix(5)}`,
    uid: random.uid(),
    workload,
    set,
    createdMs: atMs,
    ip: `10.${random.below(250)}.${random.below(250)}.${1 + random.below(250)}`,
    node: undefined,
    stage: "pending",
    changedMs: atMs,
    startedMs: atMs,
    restartCount: 0,
    priced: 0,
    probedMs: atMs,
  };
  workload.pods.push(pod);
  return pod;
}
