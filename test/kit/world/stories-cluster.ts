// Faults of the cluster around the workloads: nodes, scheduling, quota, storage, Services and network policies.
import { crash, opening, type Story } from "./stories-faults.ts";
import { containerIn, inShop, nodeCondition, pod, replicas, rollout, sync, turn } from "./workloads.ts";
import type { Draft, Told, World } from "./world.ts";

/** A quota is full: a workload that is scaled up gets no pods. */
export const quotaBlocks: Story = (world) => {
  opening(world, () => {
    const status = { hard: { pods: "6" }, used: { pods: "6" } };
    world.create(inShop("ResourceQuota", "v1", "team-quota", { spec: { hard: { pods: "6" } }, status }));
  });
  const deployed = world.get("Deployment", "api");
  world.edit(deployed, (draft) => Object.assign(draft["spec"] as Draft, { replicas: 4 }));
  const set = world.all("ReplicaSet").find((one) => one.metadata.name.startsWith("api-")) as Told;
  const message = `pods "${set.metadata.name}-" is forbidden: exceeded quota: team-quota, requested: pods=1, used: pods=6, limited: pods=6`;
  world.edit(set, (draft) => {
    Object.assign(draft["spec"] as Draft, { replicas: 4 });
    (draft["status"] as Draft)["conditions"] = [
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message, lastTransitionTime: world.now },
    ];
  });
  world.event(set, { reason: "FailedCreate", message: `Error creating: ${message}`, count: 8, overSeconds: 20 });
  sync(world);
  world.wait(120);
  world.event(set, { reason: "FailedCreate", message: `Error creating: ${message}`, count: 3, overSeconds: 60 });
};

/** A rollout asks for more CPU than any node has. */
export const tooMuchCpu: Story = (world) => {
  opening(world);
  const message =
    "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.";
  const surplus = rollout(world, "api", (spec) => Object.assign(containerIn(spec), { resources: { requests: { cpu: "16" } } }), {
    is: "unscheduled",
    message,
  });
  world.wait(120);
  world.event(surplus, { reason: "FailedScheduling", message, count: 2, overSeconds: 90 });
};

/** Both nodes are cordoned, then a workload is scaled up. */
export const cordoned: Story = (world) => {
  opening(world);
  for (const one of world.all("Node"))
    world.edit(one, (draft) =>
      Object.assign(draft, { spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }] } }),
    );
  world.wait(45);
  const deployed = world.get("Deployment", "web");
  world.edit(deployed, (draft) => Object.assign(draft["spec"] as Draft, { replicas: 5 }));
  const set = world.all("ReplicaSet").find((one) => one.metadata.name.startsWith("web-")) as Told;
  world.edit(set, (draft) => Object.assign(draft["spec"] as Draft, { replicas: 5 }));
  const message = "0/2 nodes are available: 2 node(s) were unschedulable.";
  for (let at = 0; at < 2; at += 1) pod(world, set, { is: "unscheduled", message });
  sync(world);
  world.wait(120);
  sync(world);
  world.event(set, { reason: "SuccessfulCreate", message: "Created pod", type: "Normal" });
};

/** A kubelet stops reporting: its node becomes unknown, its pods unready, and after five minutes they are taken away. */
export const nodeLost: Story = (world) => {
  opening(world);
  const lost = world.get("Node", "node-a");
  world.edit(lost, (draft) => {
    const unknown = (type: string) => nodeCondition(world, type, "Unknown", "NodeStatusUnknown");
    Object.assign(draft["status"] as Draft, { conditions: ["MemoryPressure", "DiskPressure", "Ready"].map(unknown) });
    Object.assign(draft, { spec: { taints: [{ key: "node.kubernetes.io/unreachable", effect: "NoExecute" }] } });
  });
  world.event(lost, { reason: "NodeNotReady", message: "Node node-a status is now: NodeNotReady" });
  const stranded = world.all("Pod").filter((one) => (one["spec"] as Draft)["nodeName"] === "node-a");
  for (const one of stranded) {
    turn(world, one, { is: "unready" });
    world.event(one, { reason: "NodeNotReady", message: "Node is not ready" });
  }
  sync(world);
  world.wait(300);
  for (const one of stranded) {
    world.event(one, { reason: "TaintManagerEviction", message: `Marking for deletion Pod shop/${one.metadata.name}`, type: "Normal" });
    world.edit(one, (draft) => Object.assign(draft.metadata, { deletionTimestamp: world.now }));
  }
  world.wait(30);
  sync(world);
};

/** A claim asks for a storage class that does not exist; the pod that mounts it waits. */
export const claimWithoutClass: Story = (world) => {
  opening(world);
  const claim = world.create(
    inShop("PersistentVolumeClaim", "v1", "archive-data", {
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast-ssd", resources: { requests: { storage: "20Gi" } } },
      status: { phase: "Pending" },
    }),
  );
  world.event(claim, {
    reason: "ProvisioningFailed",
    message: 'storageclass.storage.k8s.io "fast-ssd" not found',
    count: 5,
    overSeconds: 20,
  });
  const message =
    "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";
  const mounts = { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "archive-data" } }] };
  const surplus = rollout(world, "db", (spec) => Object.assign(spec, mounts), { is: "unscheduled", message });
  world.wait(150);
  world.event(surplus, { reason: "FailedScheduling", message, count: 2, overSeconds: 100 });
  world.event(claim, {
    reason: "ProvisioningFailed",
    message: 'storageclass.storage.k8s.io "fast-ssd" not found',
    count: 9,
    overSeconds: 120,
  });
};

/** A typing mistake in a Service's selector: it selects nothing, and those who call it are refused. */
export const selectorTypo: Story = (world) => {
  opening(world);
  world.edit(world.get("Service", "api"), (draft) => Object.assign(draft["spec"] as Draft, { selector: { app: "apii" } }));
  sync(world);
  world.wait(20);
  callersFail(world, "ERROR GET http://api:80/cart failed: dial tcp 10.96.0.20:80: connect: connection refused");
};

/** A Service is pointed at a port that no container listens on: its endpoints are ready, and refuse. */
export const wrongTargetPort: Story = (world) => {
  opening(world);
  const service = world.get("Service", "api");
  world.edit(service, (draft) =>
    Object.assign(draft["spec"] as Draft, { ports: [{ name: "http", port: 80, targetPort: 9999, protocol: "TCP" }] }),
  );
  const slice = world.get("EndpointSlice", "api-x7k2p");
  world.edit(slice, (draft) => Object.assign(draft, { ports: [{ name: "http", port: 9999, protocol: "TCP" }] }));
  world.wait(20);
  callersFail(world, "ERROR GET http://api:80/cart failed: dial tcp 10.96.0.20:80: connect: connection refused");
};

/** A network policy that lets nothing in cuts the database off from the API. */
export const policyCut: Story = (world) => {
  opening(world);
  world.create(
    inShop("NetworkPolicy", "networking.k8s.io/v1", "lock-db", {
      spec: { podSelector: { matchLabels: { app: "db" } }, policyTypes: ["Ingress"], ingress: [] },
    }),
  );
  world.wait(15);
  for (const one of replicas(world, "api"))
    crash(world, one, ["ERROR connect to db.shop.svc.cluster.local:80: dial tcp 10.96.0.20:80: i/o timeout"], 3);
  world.wait(60);
};

/** A rollout that goes well. */
export const healthyRollout: Story = (world) => {
  opening(world);
  const surplus = rollout(world, "web", (spec) => Object.assign(containerIn(spec), { image: "registry.example/web:1.1" }));
  world.event(surplus, { reason: "Unhealthy", message: "Readiness probe failed: connection refused", container: "app" });
  world.wait(6);
  turn(world, surplus, { is: "ready" });
  sync(world);
  const deployed = world.get("Deployment", "web");
  const [old, latest] = world.all("ReplicaSet").filter((one) => one.metadata.name.startsWith("web-")) as [Told, Told];
  for (const gone of replicas(world, "web").filter((one) => one.metadata.name.startsWith(old.metadata.name))) {
    world.edit(gone, (draft) => Object.assign(draft.metadata, { deletionTimestamp: world.now }));
    world.event(gone, { reason: "Killing", message: "Stopping container app", type: "Normal", container: "app" });
    if (replicas(world, "web").length < 5) {
      const one = pod(world, latest, { is: "waiting", reason: "ContainerCreating" });
      world.wait(5);
      turn(world, one, { is: "ready" });
    }
    world.remove(gone);
    sync(world);
  }
  world.edit(old, (draft) => Object.assign(draft["spec"] as Draft, { replicas: 0 }));
  world.edit(latest, (draft) => Object.assign(draft["spec"] as Draft, { replicas: 3 }));
  sync(world);
  world.wait(180);
  world.event(deployed, { reason: "ScalingReplicaSet", message: `Scaled down replica set ${old.metadata.name} to 0`, type: "Normal" });
};

/** A workload is scaled up and down again, and all goes well. */
export const healthyScale: Story = (world) => {
  opening(world);
  const deployed = world.get("Deployment", "api");
  const set = world.all("ReplicaSet").find((one) => one.metadata.name.startsWith("api-")) as Told;
  const scale = (count: number) => {
    world.edit(deployed, (draft) => Object.assign(draft["spec"] as Draft, { replicas: count }));
    world.edit(set, (draft) => Object.assign(draft["spec"] as Draft, { replicas: count }));
  };
  scale(4);
  const added = [1, 2].map(() => pod(world, set, { is: "waiting", reason: "ContainerCreating" }));
  sync(world);
  world.wait(8);
  for (const one of added) turn(world, one, { is: "ready" });
  sync(world);
  world.wait(300);
  scale(2);
  for (const one of added) world.remove(one);
  sync(world);
  world.wait(120);
  world.event(deployed, { reason: "ScalingReplicaSet", message: `Scaled down replica set ${set.metadata.name} to 2`, type: "Normal" });
};

/** A cron job runs three times and succeeds. */
export const healthyCronJob: Story = (world) => {
  opening(world);
  const template = {
    metadata: { labels: { app: "nightly" } },
    spec: { restartPolicy: "Never", serviceAccountName: "default", containers: [{ name: "app", image: "registry.example/nightly:1.0" }] },
  };
  const cron = world.create(
    inShop("CronJob", "batch/v1", "nightly", {
      spec: { schedule: "*/5 * * * *", suspend: false, jobTemplate: { spec: { template } } },
      status: {},
    }),
  );
  for (let run = 0; run < 3; run += 1) {
    world.wait(290);
    world.edit(cron, (draft) => Object.assign(draft, { status: { lastScheduleTime: world.now } }));
    const owner = [{ apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: cron.metadata.uid, controller: true }];
    const job = world.create(
      inShop("Job", "batch/v1", `nightly-2900${run}`, {
        metadata: { ownerReferences: owner },
        spec: { completions: 1, parallelism: 1, backoffLimit: 6, template },
        status: { active: 1, startTime: world.now },
      }),
    );
    const one = pod(world, job, { is: "ready" });
    world.wait(9);
    world.edit(one, (draft) =>
      Object.assign(draft, {
        status: {
          phase: "Succeeded",
          containerStatuses: [
            {
              name: "app",
              ready: false,
              restartCount: 0,
              state: { terminated: { exitCode: 0, reason: "Completed", finishedAt: world.now } },
            },
          ],
        },
      }),
    );
    world.edit(job, (draft) =>
      Object.assign(draft, {
        status: {
          succeeded: 1,
          completionTime: world.now,
          conditions: [{ type: "Complete", status: "True", lastTransitionTime: world.now }],
        },
      }),
    );
    world.event(job, { reason: "Completed", message: "Job completed", type: "Normal" });
  }
};

/** Warnings that were over long before anybody asked: a probe that failed once, a volume that came late. */
export const healedWarnings: Story = (world) => {
  opening(world);
  const [set] = world.all("ReplicaSet").filter((one) => one.metadata.name.startsWith("api-")) as [Told];
  const [old] = replicas(world, "api") as [Told];
  world.event(old, { reason: "Unhealthy", message: "Liveness probe failed: HTTP probe failed with statuscode: 503", container: "app" });
  world.remove(old);
  const one = pod(world, set, { is: "waiting", reason: "ContainerCreating" });
  world.event(one, { reason: "Unhealthy", message: "Startup probe failed: connection refused", container: "app" });
  world.wait(10);
  turn(world, one, { is: "ready" });
  sync(world);
  world.wait(2400);
  world.event(one, { reason: "Pulled", message: "Container image already present on machine", type: "Normal", container: "app" });
};

function callersFail(world: World, line: string): void {
  for (let at = 0; at < 6; at += 1) {
    for (const one of replicas(world, "web")) world.log(one, line);
    world.wait(15);
  }
}
