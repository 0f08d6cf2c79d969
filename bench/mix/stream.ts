// The stream of records: 60 % state, 25 % events, 15 % logs of which 3 % say that something is wrong.
import type { SourceRecord } from "../../agent/sources/port.ts";
import { agenda } from "./agenda.ts";
import { type Cluster, makeCluster, type Pod, type Workload } from "./cluster.ts";
import { startFaults, touch } from "./faults.ts";
import { replacePod, rollOut, tellControllers, type World } from "./lives.ts";
import {
  autoscalerObject,
  configMapObject,
  deploymentObject,
  namespaceObject,
  nodeObject,
  replicaSetObject,
  serviceObject,
  sliceObject,
  type Told,
} from "./objects.ts";
import { podObject } from "./pod-object.ts";
import { randomFrom } from "./random.ts";
import { type About, Teller } from "./teller.ts";

/** The pace of the cluster itself: about the one at which 15 minutes bring the 100,000 episodes of the memory figure. Ticks and windows go by this time. */
const RECORDS_PER_SECOND = 800;

/** Where the stream begins. */
export const STREAM_STARTS_MS = Date.UTC(2026, 2, 2, 9);

/** A simulated cluster and what its watches, events and logs bring. */
export type Stream = {
  readonly cluster: Cluster;
  /** Everything that is there at first, and that the lists are complete. */
  initial(): Iterable<SourceRecord>;
  /** The next records, about `count` of them. */
  take(count: number): SourceRecord[];
  /** Events that are all episodes of their own: each about another thing of another resource. */
  takeNewEvents(count: number): SourceRecord[];
  /** Time passes in which nothing happens. */
  rest(forMs: number): void;
  nowMs(): number;
};

/** The stream of a cluster of about so many resources, the same every time. */
export function makeStream(resources: number, startsMs = STREAM_STARTS_MS): Stream {
  const random = randomFrom(1);
  const cluster = makeCluster(random, resources, startsMs);
  const teller = new Teller(random, startsMs);
  const world: World = { cluster, random, agenda: agenda(), teller };
  startFaults(world);
  return {
    cluster,
    initial: () => initialRecords(cluster, teller),
    take(count) {
      const records: SourceRecord[] = [];
      while (records.length < count) {
        teller.nowMs += 1_000 / RECORDS_PER_SECOND;
        for (let due = world.agenda.takeDue(teller.nowMs); due; due = world.agenda.takeDue(teller.nowMs)) due.run();
        records.push(nextRecord(world));
      }
      return records;
    },
    takeNewEvents(count) {
      for (let at = 0; at < count; at += 1) {
        teller.nowMs += 1_000 / RECORDS_PER_SECOND;
        const { name, uid, workload } = random.pick(random.pick(cluster.workloads).pods);
        const about: About = { kind: "Pod", namespace: workload.namespace, name, uid };
        teller.event(about, { reason: `Step${random.below(1_000)}`, message: "Went on to the next step", component: "operator" });
      }
      return teller.events.splice(0);
    },
    rest(forMs) {
      teller.nowMs += forMs;
    },
    nowMs: () => Math.round(teller.nowMs),
  };
}

/** One at a time, so that the bench itself holds as little as a watch does. */
function* initialRecords({ nodes, namespaces, workloads, startMs }: Cluster, teller: Teller): Iterable<SourceRecord> {
  const from = { origin: { source: "bench" }, cluster: "prod", atMs: startMs };
  const kinds = new Set<string>();
  function* told(objects: Iterable<Told>): Iterable<SourceRecord> {
    for (const value of objects) {
      kinds.add(String(value["kind"]));
      yield { ...from, body: { kind: "object", op: "UPSERT", value } };
    }
  }
  for (const node of nodes) yield* told([nodeObject(node, teller.next(), startMs)]);
  for (const { name, uid } of namespaces) yield* told([namespaceObject(name, uid, startMs)]);
  for (const workload of workloads) yield* told(initialObjects(workload, teller, startMs));
  for (const kind of kinds) yield { ...from, body: { kind: "gap", key: `complete:${kind}`, text: undefined } };
}

function* initialObjects(workload: Workload, teller: Teller, startMs: number): Iterable<Told> {
  yield configMapObject(workload);
  yield deploymentObject(workload, teller.next(), startMs);
  for (const set of workload.sets) yield replicaSetObject(workload, set, teller.next());
  for (const pod of workload.pods) yield podObject(pod, teller.next());
  yield serviceObject(workload);
  yield sliceObject(workload, teller.next(), startMs);
  if (workload.scaled) yield autoscalerObject(workload, teller.next(), startMs);
}

function nextRecord(world: World): SourceRecord {
  const share = world.random.next();
  if (share < 0.6) return nextState(world);
  return share < 0.85 ? nextEvent(world) : nextLog(world);
}

function nextState(world: World): SourceRecord {
  const { teller } = world;
  while (teller.state.length === 0) makeState(world);
  return teller.state.shift() as SourceRecord;
}

/** What a cluster does all day: heartbeats, objects touched by controllers, pods replaced, now and then a new version. */
function makeState(world: World): void {
  const { random, cluster, teller } = world;
  const workload = random.pick(cluster.workloads);
  const share = random.next();
  if (share < 0.22)
    teller.object("UPSERT", nodeObject(random.pick(cluster.nodes.filter(({ ready }) => ready)), teller.next(), teller.nowMs));
  else if (share < 0.85) touch(world, random.pick(workload.pods));
  else if (share < 0.91) tellControllers(world, workload);
  else if (share < 0.94)
    teller.object("UPSERT", configMapObject(workload)); // a watch that starts again tells everything once more
  else if (share < 0.97 && workload.scaled) teller.object("UPSERT", autoscalerObject(workload, teller.next(), teller.nowMs));
  else if (share < 0.998 && workload.fault === undefined) replacePod(world, workload);
  else if (workload.fault === undefined) rollOut(world, workload);
}

function nextEvent(world: World): SourceRecord {
  const { teller, random } = world;
  if (teller.events.length === 0 && !(random.chance(0.75) && teller.repeatSome())) makeEvent(world);
  return teller.events.shift() as SourceRecord;
}

const EVERYDAY = [
  {
    reason: "SuccessfulRescale",
    message: "New size: 5; reason: cpu resource utilization above target",
    component: "horizontal-pod-autoscaler",
  },
  { reason: "Sync", message: "Scheduled for sync", component: "loadbalancer-controller" },
  { reason: "UpdatedLoadBalancer", message: "Updated load balancer with new hosts", component: "service-controller" },
  { reason: "LeaderElection", message: "became leader", component: "controller" },
];

function makeEvent({ random, cluster, teller }: World): void {
  const { namespace, name, uid } = random.pick(cluster.workloads);
  const about: About = { kind: "Deployment", namespace, name, uid };
  teller.event(about, random.pick(EVERYDAY));
}

function nextLog(world: World): SourceRecord {
  const { random, cluster, teller } = world;
  const broken = random.chance(0.03);
  const failing = broken ? cluster.workloads.filter(({ fault }) => fault !== undefined) : [];
  const workload: Workload = random.pick(failing.length > 0 ? failing : cluster.workloads);
  return teller.log(random.pick(workload.pods) as Pod, broken && failing.length > 0);
}
