// Faults of workloads and of what they use, as stories that a world plays: what somebody did, and what the cluster made of it.
import {
  containerIn,
  deployment,
  ended,
  furnish,
  inShop,
  NAMESPACE,
  pod,
  replaceAll,
  replicaSet,
  replicas,
  rollout,
  sync,
  turn,
} from "./workloads.ts";
import type { Draft, Told, World } from "./world.ts";

/** Plays one story on a world that has not begun yet. */
export type Story = (world: World) => void;

const WATCHED_BEFORE_S = 20 * 60;

/** A healthy shop: a front end that calls an API, which calls a database; watched for a while before anything happens. */
export function opening(world: World, alsoThere: (world: World) => void = () => undefined): void {
  furnish(world);
  alsoThere(world);
  world.create(inShop("ConfigMap", "v1", "settings", { data: { mode: "fast", greeting: "hello" } }));
  const mode = { env: [{ name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } }] };
  deployment(world, "db", { replicas: 1, port: 5432, image: "registry.example/postgres:16" });
  deployment(world, "api", {
    container: { env: [{ name: "DATABASE_HOST", value: "db.shop.svc.cluster.local:80" }], resources: { limits: { memory: "512Mi" } } },
  });
  deployment(world, "web", { replicas: 3, container: { ...mode, env: [...mode.env, { name: "API_URL", value: "http://api:80" }] } });
  world.listed();
  world.wait(WATCHED_BEFORE_S);
}

/** A new image that does not exist: the old pods go on, the new one cannot pull it. */
export const badImageRollout: Story = (world) => {
  opening(world);
  const image = "registry.example/web:2.0-typo";
  const surplus = rollout(world, "web", (spec) => Object.assign(containerIn(spec), { image }));
  world.wait(4);
  cannotPull(world, surplus, image);
  world.wait(15);
  turn(world, surplus, { is: "waiting", reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` });
  world.event(surplus, { reason: "BackOff", message: `Back-off pulling image "${image}"`, container: "app", count: 3, overSeconds: 30 });
  world.wait(120);
  sync(world);
};

/** A memory limit that is too low: every new pod is killed again and again, and the Service runs out of endpoints. */
export const memoryLimitTooLow: Story = (world) => {
  opening(world);
  rollout(world, "api", (spec) => Object.assign(containerIn(spec), { resources: { limits: { memory: "32Mi" } } }), { is: "ready" });
  world.wait(5);
  const pods = replaceAll(world, "api", { is: "ready" });
  for (let restarts = 1; restarts <= 4; restarts += 1) {
    world.wait(20 * restarts);
    for (const one of pods) {
      const last = ended(world, 137, "OOMKilled");
      turn(world, one, { is: "waiting", reason: "CrashLoopBackOff", message: "back-off restarting failed container=app", restarts, last });
      world.event(one, { reason: "BackOff", message: "Back-off restarting failed container app in pod", container: "app" });
    }
    sync(world);
  }
  world.wait(60);
};

/** The database's disk is full: it crashes, its Service loses its only endpoint, the API is refused and crashes too. */
export const databaseDown: Story = (world) => {
  opening(world);
  const [database] = replicas(world, "db") as [Told];
  crash(world, database, ['FATAL:  could not write to file "pg_wal/000001": No space left on device'], 3);
  world.wait(10);
  for (const one of replicas(world, "api")) crash(world, one, ["ERROR connect to db.shop.svc.cluster.local:80: connection refused"], 3);
  world.wait(60);
};

/** A key is taken out of a ConfigMap that pods read: the next pod that starts cannot be made. */
export const configKeyRemoved: Story = (world) => {
  opening(world);
  world.edit(world.get("ConfigMap", "settings"), (draft) => Object.assign(draft, { data: { greeting: "hello" } }));
  world.wait(120);
  const [old] = replicas(world, "web") as [Told];
  const owner = world.get("ReplicaSet", ownerName(old));
  world.remove(old);
  cannotConfigure(
    world,
    pod(world, owner, { is: "waiting", reason: "ContainerCreating" }),
    `couldn't find key mode in ConfigMap ${NAMESPACE}/settings`,
  );
};

/** A workload that reads a Secret which nobody has made. */
export const missingSecret: Story = (world) => {
  opening(world);
  const given = { replicas: 1, service: false, container: { envFrom: [{ secretRef: { name: "mail-credentials" } }] } };
  const deployed = world.create(
    inShop("Deployment", "apps/v1", "mailer", {
      spec: { replicas: 1, selector: { matchLabels: { app: "mailer" } }, template: templateOf("mailer", given.container) },
      status: {},
    }),
  );
  const set = replicaSet(world, deployed, 1);
  const one = pod(world, set, { is: "waiting", reason: "ContainerCreating" });
  sync(world);
  world.wait(2);
  cannotConfigure(world, one, 'secret "mail-credentials" not found');
};

/** The readiness probe is pointed at a port where nothing listens: new pods run and never become ready. */
export const probePortChanged: Story = (world) => {
  opening(world);
  const probe = { httpGet: { path: "/ready", port: 9090 }, periodSeconds: 5, failureThreshold: 3 };
  const surplus = rollout(world, "web", (spec) => Object.assign(containerIn(spec), { readinessProbe: probe }));
  world.wait(3);
  turn(world, surplus, { is: "unready" });
  world.wait(40);
  const message = 'Readiness probe failed: Get "http://10.1.0.12:9090/ready": dial tcp 10.1.0.12:9090: connect: connection refused';
  world.event(surplus, { reason: "Unhealthy", message, container: "app", count: 7, overSeconds: 35 });
  world.wait(600);
  world.edit(world.get("Deployment", "web"), (draft) => deadlineExceeded(world, draft));
  world.wait(60);
  world.event(surplus, { reason: "Unhealthy", message, container: "app", count: 9, overSeconds: 60 });
};

/** Two faults at once that have nothing to do with each other. */
export const twoFaults: Story = (world) => {
  opening(world);
  const image = "registry.example/web:2.0-typo";
  const surplus = rollout(world, "web", (spec) => Object.assign(containerIn(spec), { image }));
  world.wait(4);
  cannotPull(world, surplus, image);
  deployment(world, "reports", { replicas: 1, service: false });
  const [reports] = replicas(world, "reports") as [Told];
  crash(world, reports, ["panic: runtime error: index out of range [3] with length 3"], 4);
  turn(world, surplus, { is: "waiting", reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` });
  world.wait(90);
  sync(world);
};

/** A pod's container ends with these last words, `times` times, each time waited for longer. */
export function crash(world: World, one: Told, words: readonly string[], times: number): void {
  for (let restarts = 1; restarts <= times; restarts += 1) {
    for (const line of words) world.log(one, line);
    const last = ended(world, 1);
    turn(world, one, { is: "waiting", reason: "CrashLoopBackOff", message: "back-off restarting failed container=app", restarts, last });
    world.event(one, { reason: "BackOff", message: "Back-off restarting failed container app in pod", container: "app" });
    sync(world);
    world.wait(20 * restarts);
  }
}

function cannotPull(world: World, one: Told, image: string): void {
  const message = `failed to pull and unpack image "${image}": ${image}: not found`;
  turn(world, one, { is: "waiting", reason: "ErrImagePull", message });
  world.event(one, { reason: "Failed", message: `Failed to pull image "${image}": ${message}`, container: "app" });
  world.event(one, { reason: "Failed", message: "Error: ErrImagePull", container: "app" });
}

function cannotConfigure(world: World, one: Told, message: string): void {
  turn(world, one, { is: "waiting", reason: "CreateContainerConfigError", message });
  sync(world);
  world.wait(50);
  world.event(one, { reason: "Failed", message: `Error: ${message}`, container: "app", count: 4, overSeconds: 40 });
  world.wait(90);
  world.event(one, { reason: "Failed", message: `Error: ${message}`, container: "app", count: 2, overSeconds: 20 });
}

function deadlineExceeded(world: World, deployed: Draft): void {
  const status = deployed["status"] as { conditions: Draft[] };
  const conditions = status.conditions.map((condition) =>
    condition["type"] === "Progressing"
      ? { ...condition, status: "False", reason: "ProgressDeadlineExceeded", lastTransitionTime: world.now }
      : condition,
  );
  Object.assign(deployed, { status: { ...status, conditions } });
}

function templateOf(name: string, container: Draft): Draft {
  const app = { name: "app", image: `registry.example/${name}:1.0`, ...container };
  return { metadata: { labels: { app: name } }, spec: { serviceAccountName: "default", restartPolicy: "Always", containers: [app] } };
}

function ownerName(one: Told): string {
  return String((one.metadata["ownerReferences"] as Draft[])[0]?.["name"]);
}
