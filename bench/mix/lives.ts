// What happens to workloads: pods are replaced, versions roll out. Every step is told as the API server would tell it.
import type { Agenda } from "./agenda.ts";
import { addPod, addReplicaSet, type Cluster, type Pod, type PodStage, type ReplicaSet, type Workload } from "./cluster.ts";
import { deploymentObject, replicaSetObject, sliceObject } from "./objects.ts";
import { podObject } from "./pod-object.ts";
import type { Random } from "./random.ts";
import type { About, Teller } from "./teller.ts";

/** A simulated cluster in motion. */
export type World = { readonly cluster: Cluster; readonly random: Random; readonly agenda: Agenda; readonly teller: Teller };

/** Runs something after a while of the cluster's time. */
export function later({ agenda, teller }: World, afterMs: number, run: () => void): void {
  agenda.add(teller.nowMs + afterMs, run);
}

/** Whom an event about a pod is about. */
export function aboutPod({ name, uid, workload }: Pod): About {
  return { kind: "Pod", namespace: workload.namespace, name, uid };
}

/** A pod reaches a stage. */
export function move({ teller }: World, pod: Pod, stage: PodStage): void {
  pod.stage = stage;
  pod.changedMs = teller.nowMs;
  teller.object("UPSERT", podObject(pod, teller.next()));
}

/** The slice and the status of the controllers follow their pods. */
export function tellControllers({ teller }: World, workload: Workload): void {
  teller.object("UPSERT", sliceObject(workload, teller.next(), teller.nowMs));
  teller.object("UPSERT", replicaSetObject(workload, workload.sets.at(-1) as ReplicaSet, teller.next()));
  teller.object("UPSERT", deploymentObject(workload, teller.next(), teller.nowMs));
}

/** One pod goes, a new one takes its place. */
export function replacePod(world: World, workload: Workload): void {
  const old = workload.pods.find(({ stage }) => stage !== "ending" && stage !== "pending" && stage !== "creating");
  const pod = startPod(world, workload);
  later(world, 8_000, () => {
    if (!workload.pods.includes(pod)) return;
    if (workload.fault === undefined) {
      move(world, pod, "ready");
      tellControllers(world, workload);
    }
    if (old) endPod(world, old);
  });
}

/** A new pod is created, scheduled and started; whether it gets ready is for the caller to say. */
export function startPod(world: World, workload: Workload): Pod {
  const { teller, random, cluster } = world;
  const set = workload.sets.at(-1) as ReplicaSet;
  const pod = addPod(workload, random, teller.nowMs);
  teller.object("UPSERT", podObject(pod, teller.next()));
  teller.event(
    { kind: "ReplicaSet", namespace: workload.namespace, name: set.name, uid: set.uid },
    { reason: "SuccessfulCreate", message: `Created pod: ${pod.name}`, component: "replicaset-controller" },
  );
  later(world, 50, () => {
    pod.node = random.pick(cluster.nodes.filter(({ ready }) => ready));
    move(world, pod, "pending");
    const message = `Successfully assigned ${workload.namespace}/${pod.name} to ${pod.node.name}`;
    teller.event(aboutPod(pod), { reason: "Scheduled", message, component: "default-scheduler" });
  });
  later(world, 300, () => move(world, pod, "creating"));
  later(world, 2_000, () => {
    if (workload.fault === "image") return;
    pod.startedMs = teller.nowMs;
    move(world, pod, "running");
    teller.object("UPSERT", sliceObject(workload, teller.next(), teller.nowMs));
    tellStarted(world, pod);
  });
  return pod;
}

/** The events of a container's start. */
export function tellStarted({ teller }: World, pod: Pod): void {
  const about = aboutPod(pod);
  teller.event(about, { reason: "Pulled", message: `Container image "${pod.set.image}" already present on machine` });
  teller.event(about, { reason: "Created", message: "Created container: app" });
  teller.event(about, { reason: "Started", message: "Started container app" });
}

/** A pod is told to stop, and is gone a few seconds later. */
export function endPod(world: World, pod: Pod): void {
  const { teller } = world;
  move(world, pod, "ending");
  teller.event(aboutPod(pod), { reason: "Killing", message: "Stopping container app" });
  later(world, 3_000, () => {
    const { workload } = pod;
    workload.pods = workload.pods.filter((other) => other !== pod);
    teller.object("DELETE", podObject(pod, teller.next()));
    teller.object("UPSERT", sliceObject(workload, teller.next(), teller.nowMs));
  });
}

/** A new version takes the place of the present one, pod after pod. */
export function rollOut(world: World, workload: Workload): void {
  newVersion(world, workload);
  for (let at = 0; at < workload.replicas; at += 1) later(world, 100 + at * 10_000, () => replacePod(world, workload));
}

/** The Deployment is edited and gets a new ReplicaSet, which has no pods yet. */
export function newVersion({ teller, random }: World, workload: Workload): void {
  const former = workload.sets.at(-1) as ReplicaSet;
  const oldest = workload.sets.length > 1 ? workload.sets[0] : undefined;
  const set = addReplicaSet(workload, random, teller.nowMs);
  teller.object("UPSERT", deploymentObject(workload, teller.next(), teller.nowMs));
  teller.object("UPSERT", replicaSetObject(workload, set, teller.next()));
  teller.object("UPSERT", replicaSetObject(workload, former, teller.next()));
  if (oldest && oldest !== former) teller.object("DELETE", replicaSetObject(workload, oldest, teller.next()));
  teller.event(
    { kind: "Deployment", namespace: workload.namespace, name: workload.name, uid: workload.uid },
    {
      reason: "ScalingReplicaSet",
      message: `Scaled up replica set ${set.name} to ${workload.replicas}`,
      component: "deployment-controller",
    },
  );
}
