// What goes wrong in the failing minority: crash loops after an edit, kills for memory, images that cannot be pulled, probes that fail, nodes that go silent.
import type { Fault, Node, Pod, ReplicaSet, Workload } from "./cluster.ts";
import { aboutPod, later, move, newVersion, replacePod, rollOut, startPod, tellControllers, tellStarted, type World } from "./lives.ts";
import { configMapObject, nodeObject } from "./objects.ts";
import { podObject } from "./pod-object.ts";

const FAULTS: readonly Fault[] = ["crash", "oom", "image", "unready", "crash", "unready"];

/** How long trouble lasts: 4 to 8 minutes. */
const LASTS_MS = 240_000;

/** Share of workloads that fail at any time. */
const FAILING_SHARE = 0.025;

/** Keeps a minority of workloads failing, and now and then a node. */
export function startFaults(world: World): void {
  const { cluster, random } = world;
  const wanted = Math.max(1, Math.round(cluster.workloads.length * FAILING_SHARE));
  for (let at = 0; at < wanted; at += 1) later(world, 500 + at * 200, () => nextFault(world));
  later(world, 60_000 + random.below(60_000), () => nextNodeFault(world));
}

function nextFault(world: World): void {
  const { random, cluster } = world;
  const workload = random.pick(cluster.workloads.filter(({ fault }) => fault === undefined));
  if (workload) begin(world, workload, random.pick(FAULTS));
  later(world, LASTS_MS + random.below(LASTS_MS), () => {
    if (workload) heal(world, workload);
    nextFault(world);
  });
}

function begin(world: World, workload: Workload, fault: Fault): void {
  const { teller } = world;
  if (fault === "image") {
    rollOutBadImage(world, workload);
    return;
  }
  workload.fault = fault;
  const pods = workload.pods.filter(({ stage }) => stage === "ready");
  if (fault === "crash") {
    const edited = configMapObject(workload);
    teller.object("UPSERT", {
      ...edited,
      metadata: { ...(edited["metadata"] as object), resourceVersion: String(teller.next()) },
      data: { CACHE_TTL: "five" },
    });
  }
  for (const [at, pod] of (fault === "oom" ? pods.slice(0, 2) : pods).entries()) {
    if (fault === "unready") later(world, 5_000 + at * 300, () => unready(world, pod));
    else later(world, 8_000 + at * 500, () => crash(world, pod));
  }
}

function heal(world: World, workload: Workload): void {
  const wasImage = workload.fault === "image";
  workload.fault = undefined;
  if (wasImage) {
    rollOut(world, workload);
    return;
  }
  for (const pod of workload.pods) {
    if (pod.stage === "ready" || pod.stage === "ending" || pod.node === undefined) continue;
    pod.startedMs = world.teller.nowMs;
    move(world, pod, "ready");
  }
  tellControllers(world, workload);
}

function rollOutBadImage(world: World, workload: Workload): void {
  const { teller } = world;
  newVersion(world, workload);
  workload.fault = "image";
  const pod = startPod(world, workload);
  const image = (workload.sets.at(-1) as ReplicaSet).image;
  const pull = (): void => {
    if (workload.fault !== "image" || !workload.pods.includes(pod)) return;
    move(world, pod, "pull");
    teller.event(aboutPod(pod), { reason: "Failed", message: `Failed to pull image "${image}": not found`, warning: true });
    teller.event(aboutPod(pod), { reason: "BackOff", message: `Back-off pulling image "${image}"` });
    later(world, 30_000, pull);
  };
  later(world, 3_000, pull);
}

function crash(world: World, pod: Pod): void {
  const { teller } = world;
  const { workload } = pod;
  if (workload.fault === undefined || !workload.pods.includes(pod) || pod.stage === "ending") return;
  const oom = workload.fault === "oom";
  pod.exit = { code: oom ? 137 : 1, reason: oom ? "OOMKilled" : "Error", atMs: teller.nowMs };
  move(world, pod, "crashed");
  tellControllers(world, workload);
  later(world, 1_000, () => {
    if (workload.fault === undefined || pod.stage !== "crashed") return;
    move(world, pod, "backoff");
    teller.event(aboutPod(pod), { reason: "BackOff", message: "Back-off restarting failed container app in pod", warning: true });
    later(world, Math.min(160_000, 10_000 * 2 ** pod.restartCount), () => {
      if (workload.fault === undefined || pod.stage !== "backoff") return;
      pod.restartCount += 1;
      pod.startedMs = teller.nowMs;
      move(world, pod, "running");
      tellStarted(world, pod);
      later(world, 4_000, () => crash(world, pod));
    });
  });
}

function unready(world: World, pod: Pod): void {
  const { teller } = world;
  const { workload } = pod;
  if (pod.stage !== "ready") return;
  move(world, pod, "running");
  tellControllers(world, workload);
  const probe = (): void => {
    if (workload.fault !== "unready" || pod.stage !== "running") return;
    teller.event(aboutPod(pod), {
      reason: "Unhealthy",
      message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
      warning: true,
    });
    later(world, 10_000, probe);
  };
  probe();
}

function nextNodeFault(world: World): void {
  const { random, cluster } = world;
  silence(world, random.pick(cluster.nodes));
  later(world, 300_000 + random.below(300_000), () => nextNodeFault(world));
}

/** A node stops posting its status; its pods are marked unready, and most come back with it. */
function silence(world: World, node: Node): void {
  const { teller, cluster } = world;
  const pods = cluster.workloads.flatMap((workload) => workload.pods.filter((pod) => pod.node === node && pod.stage === "ready"));
  const tell = (ready: boolean): void => {
    node.ready = ready;
    node.readySinceMs = teller.nowMs;
    teller.object("UPSERT", nodeObject(node, teller.next(), teller.nowMs));
    const state = ready ? "NodeReady" : "NodeNotReady";
    teller.event(
      { kind: "Node", name: node.name, uid: node.uid },
      { reason: state, message: `Node ${node.name} status is now: ${state}`, component: "node-controller" },
    );
  };
  tell(false);
  for (const pod of pods) {
    move(world, pod, "running");
    teller.event(aboutPod(pod), { reason: "NodeNotReady", message: "Node is not ready", component: "node-controller", warning: true });
  }
  for (const workload of new Set(pods.map((pod) => pod.workload))) tellControllers(world, workload);
  later(world, 120_000, () => {
    tell(true);
    for (const pod of pods) if (pod.stage === "running" && pod.workload.fault === undefined) move(world, pod, "ready");
    for (const workload of new Set(pods.map((pod) => pod.workload))) tellControllers(world, workload);
    const evicted = pods.find(({ workload }) => workload.fault === undefined);
    if (evicted) replacePod(world, evicted.workload);
  });
}

/** A healthy pod's object changes without anything happening to it: a controller's annotation, or a readiness gate's probe time. */
export function touch({ teller, random }: World, pod: Pod): void {
  if (random.chance(0.5)) pod.priced += 1;
  else pod.probedMs = teller.nowMs;
  teller.object("UPSERT", podObject(pod, teller.next()));
}
