// What people have at hand, recognised and read: one small hand-written dump per form.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import type { Occurrence } from "../../../../agent/domain/signal.ts";
import { normalise } from "../../../../agent/pipeline/normalise.ts";
import { loadDump } from "../../../../agent/sources/dump/load-dump.ts";
import type { FileReport } from "../../../../agent/sources/dump/survey.ts";
import type { SourceRecord } from "../../../../agent/sources/port.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 12);
type Files = Readonly<Record<string, string | Uint8Array>>;

async function folder(context: TestContext, files: Files): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "kgroot-dump-"));
  context.after(() => rm(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

type Loaded = {
  readonly records: readonly SourceRecord[];
  readonly reports: ReadonlyMap<string, FileReport>;
  readonly keys: readonly string[];
  readonly occurrences: readonly Occurrence[];
};

async function load(path: string): Promise<Loaded> {
  const records: SourceRecord[] = [];
  const reports = new Map<string, FileReport>();
  for await (const batch of loadDump([path], {
    nowMs: NOW_MS,
    onFile: (report) => reports.set(report.path.slice(path.length + 1), report),
  }))
    records.push(...batch);
  const outcomes = records.map((record) => normalise(record, "c"));
  assert.deepEqual(
    outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome.reason] : [])),
    [],
  );
  const occurrences = outcomes
    .flatMap((outcome) => (outcome.kind === "signals" ? outcome.signals : []))
    .filter((signal) => signal.kind === "occurrence");
  return { records, reports, keys: records.flatMap(({ body }) => (body.kind === "gap" ? [body.key] : [])), occurrences };
}

const names = (loaded: Loaded): string[] =>
  loaded.records
    .flatMap(({ body }) => (body.kind === "object" ? [JSON.stringify(body.value)] : []))
    .map((json) => {
      const { kind, metadata } = JSON.parse(json);
      return `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`;
    });
const summary = ({ reason, subject, discriminator }: Occurrence): string =>
  `${reason} ${subject.kind} ${subject.namespace ?? "-"}/${subject.name} ${discriminator}`;

const pod = (name: string, namespace = "shop"): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, creationTimestamp: "2026-01-01T00:00:00Z" },
  status: {
    containerStatuses: [
      {
        name: "app",
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { finishedAt: "2026-01-02T10:00:00Z" } },
      },
    ],
  },
});
const event = (reason: string): object => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { namespace: "shop", uid: `e-${reason}` },
  reason,
  type: "Warning",
  message: "m",
  lastTimestamp: "2026-01-02T10:30:00Z",
  involvedObject: { kind: "Pod", namespace: "shop", name: "web-1" },
});
const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n1" },
  status: { conditions: [{ type: "Ready", lastHeartbeatTime: "2026-01-02T11:00:00Z" }] },
};

test("lists, single objects, YAML documents and arrays; objects first; the newest time is the snapshot's; what is complete and what is missing is said", async (context) => {
  const loaded = await load(
    await folder(context, {
      "a-events.json": JSON.stringify({ kind: "EventList", apiVersion: "v1", items: [event("BackOff")] }),
      "b-alerts.json": JSON.stringify({
        status: "success",
        data: { alerts: [{ labels: { alertname: "A", namespace: "shop" }, state: "firing", activeAt: "2026-01-02T10:50:00Z" }] },
      }),
      "nodes.json": JSON.stringify(
        { kind: "NodeList", apiVersion: "v1", items: [{ ...node, kind: undefined, apiVersion: undefined }] },
        null,
        2,
      ),
      "pods.json": JSON.stringify({ kind: "List", apiVersion: "v1", items: [pod("web-1"), pod("job-1", "batch")] }),
      "two.yaml":
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\n---\n# comment\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: conf\n  namespace: shop\n",
      "empty.json": "{}",
      "README.md": "# notes\n",
    }),
  );
  assert.deepEqual(names(loaded), ["Node -/n1", "Pod shop/web-1", "Pod batch/job-1", "Service shop/web", "ConfigMap shop/conf"]);
  assert.deepEqual(
    loaded.records.map(({ body }) => body.kind),
    ["object", "object", "object", "object", "object", ...loaded.keys.map(() => "gap" as const), "event", "alert"],
  );
  assert.ok(loaded.records.every(({ atMs }) => atMs === Date.UTC(2026, 0, 2, 11)));
  assert.deepEqual(
    loaded.keys.filter((key) => key.startsWith("complete:")),
    ["complete:Node", "complete:Pod"],
  );
  assert.ok(loaded.keys.includes("kind:ReplicaSet") && !loaded.keys.includes("kind:Service") && !loaded.keys.includes("dump:unread"));
  assert.deepEqual([loaded.reports.get("README.md")?.form, loaded.reports.get("two.yaml")?.items], ["unknown", 2]);
});

test("lists of single namespaces are complete only together", async (context) => {
  const list = (kind: string, items: object[]): string => JSON.stringify({ kind: `${kind}List`, apiVersion: "v1", items });
  const half = {
    "shop/pods.json": list("Pod", [pod("web-1")]),
    "batch/services.json": list("Service", []),
    "batch/configmaps.json": list("ConfigMap", [{ metadata: { name: "c", namespace: "batch" } }]),
  };
  assert.deepEqual(
    (await load(await folder(context, half))).keys.filter((key) => key.startsWith("complete:")),
    [],
  );
  const both = await load(await folder(context, { ...half, "batch/pods.json": list("Pod", []) }));
  assert.deepEqual(
    both.keys.filter((key) => key.startsWith("complete:")),
    ["complete:Pod"],
  );
});

const LOG_LINE = "2026-01-02T10:45:00Z ERROR cannot connect: dial tcp 10.0.0.9:5432: connect: connection refused\n";
const LAYOUTS: readonly (readonly [layout: string, path: string])[] = [
  ["kubectl cluster-info dump", "shop/web-1/logs.txt"],
  ["must-gather", "must-gather/namespaces/shop/pods/web-1/app/app/logs/current.log"],
  ["troubleshoot", "bundle/cluster-resources/pods/logs/shop/web-1/app.log"],
  ["insights-operator", "config/pod/shop/logs/web-1/app_current.log"],
  ["the kubelet's folders", "var/log/pods/shop_web-1_6f1d0a4e-0000-4000-8000-000000000001/app/0.log"],
  ["named by all three", "shop_web-1_app.log"],
  ["named by pod", "web-1.log"],
];

test("logs find their pod in every layout", async (context) => {
  for (const [layout, path] of LAYOUTS) {
    const { occurrences } = await load(
      await folder(context, {
        "pods.json": JSON.stringify({ kind: "PodList", apiVersion: "v1", items: [pod("web-1")] }),
        [path]: LOG_LINE,
      }),
    );
    assert.deepEqual(
      occurrences.map(({ subject, firstMs }) => [subject.namespace, subject.name, firstMs]),
      [["shop", "web-1", Date.UTC(2026, 0, 2, 10, 45)]],
      layout,
    );
  }
});

test("log lines without a time are dated by the end of the run they are of; stack traces stay together; prefixes name the pod", async (context) => {
  const { occurrences } = await load(
    await folder(context, {
      "pods.json": JSON.stringify({ kind: "PodList", apiVersion: "v1", items: [pod("web-1")] }),
      "namespaces/shop/pods/web-1/app/app/logs/previous.log": "ERROR request failed\n\tat a.B(B.java:1)\n\tat c.D(D.java:2)\n",
      "all.txt": `[pod/job-1/main] ${LOG_LINE}[pod/job-1/main] fine\n`,
    }),
  );
  assert.deepEqual(
    occurrences.map(({ subject, firstMs, message }) => [subject.name, firstMs, message.split("\n").length]),
    [
      ["job-1", Date.UTC(2026, 0, 2, 10, 45), 1],
      ["web-1", Date.UTC(2026, 0, 2, 10), 3],
    ],
  );
});

test("tables of events and pods are read, ages counted back from the snapshot", async (context) => {
  const loaded = await load(
    await folder(context, {
      "node.json": JSON.stringify(node),
      "events.txt":
        "NAMESPACE   LAST SEEN            TYPE      REASON    OBJECT      MESSAGE\nshop        2m (x5 over 10m)     Warning   BackOff   pod/web-1   Back-off restarting failed container app in pod web-1\nshop        <unknown>            Normal    Other     pod/web-1   x\n",
      "pods.txt":
        "NAME    READY   STATUS             RESTARTS      AGE\nweb-1   0/1     ImagePullBackOff   0             5m\nweb-2   1/1     Running            2 (4h ago)    5m\n",
      "services.txt": "NAME   TYPE        CLUSTER-IP\nweb    ClusterIP   10.0.0.1\n",
    }),
  );
  assert.deepEqual(
    loaded.occurrences.map((found) => [summary(found), found.count, found.firstMs, found.lastMs]),
    [["CrashLoopBackOff Pod shop/web-1 app", 5, Date.UTC(2026, 0, 2, 10, 50), Date.UTC(2026, 0, 2, 10, 58)]],
  );
  assert.deepEqual(names(loaded), ["Node -/n1", "Pod default/web-1", "Pod default/web-2"]);
  assert.match(JSON.stringify(loaded.records[1]?.body), /"waiting":\{"reason":"ImagePullBackOff"\}/);
  assert.match(loaded.reports.get("services.txt")?.fault ?? "", /only tables of pods and of events/);
});

const DESCRIBED = `Name:             web-1
Namespace:        shop
Node:             n1/10.0.0.1
Start Time:       Fri, 02 Jan 2026 10:00:00 +0000
Labels:           app=web
                  tier=front
Status:           Running
Controlled By:    ReplicaSet/web
Containers:
  app:
    Image:          shop/web:2
    Port:           8080/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Finished:     Fri, 02 Jan 2026 10:20:00 +0000
    Ready:          False
    Restart Count:  5
    Limits:
      memory:  64Mi
    Environment:
      MODE:      fast
      PASSWORD:  <set to the key 'pw' in secret 'db'>  Optional: false
Conditions:
  Type    Status
  Ready   False
Events:
  Type     Reason     Age                From               Message
  ----     ------     ----               ----               -------
  Normal   Scheduled  30m                default-scheduler  Successfully assigned shop/web-1 to n1
  Warning  BackOff    1m (x9 over 20m)   kubelet            Back-off restarting failed container app in pod web-1
`;

test("kubectl describe gives the events and a partial object", async (context) => {
  const loaded = await load(await folder(context, { "describe.txt": DESCRIBED }));
  assert.deepEqual(
    loaded.occurrences.map((found) => [summary(found), found.lastMs]),
    [
      ["Scheduled Pod shop/web-1 ", Date.UTC(2026, 0, 2, 10)],
      ["CrashLoopBackOff Pod shop/web-1 app", Date.UTC(2026, 0, 2, 10, 29)],
    ],
  );
  const body = loaded.records[0]?.body;
  assert.ok(body?.kind === "object");
  assert.deepEqual(body.value, {
    apiVersion: "v1",
    kind: "Pod",
    partial: true,
    metadata: {
      name: "web-1",
      namespace: "shop",
      labels: { app: "web", tier: "front" },
      ownerReferences: [{ kind: "ReplicaSet", name: "web", controller: true }],
    },
    spec: {
      nodeName: "n1",
      containers: [
        {
          name: "app",
          image: "shop/web:2",
          ports: [{ containerPort: 8080, protocol: "TCP" }],
          resources: { limits: { memory: "64Mi" }, requests: {} },
          env: [
            { name: "MODE", value: "fast" },
            { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "pw" } } },
          ],
          envFrom: [],
        },
      ],
    },
    status: {
      phase: "Running",
      startTime: "2026-01-02T10:00:00.000Z",
      conditions: [{ type: "Ready", status: "False", reason: "", message: "" }],
      containerStatuses: [
        {
          name: "app",
          image: "shop/web:2",
          ready: false,
          restartCount: 5,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { reason: "OOMKilled", exitCode: 137, finishedAt: "2026-01-02T10:20:00.000Z" } },
        },
      ],
    },
  });
});

test("cluster-info printed to a file, insights' short events, a recording beside other files", async (context) => {
  const screen = `${JSON.stringify({ kind: "PodList", apiVersion: "v1", items: [pod("web-1")] }, null, 4)}\n==== START logs for container app of pod shop/web-1 ====\n${LOG_LINE}==== END logs for container app of pod shop/web-1 ====\n`;
  const loaded = await load(
    await folder(context, {
      "cluster-info.txt": screen,
      "events/shop.json": JSON.stringify({
        items: [{ namespace: "shop", lastTimestamp: "2026-01-02T10:00:00Z", reason: "FailedUpdate", message: "m", type: "Warning" }],
      }),
      "recording.jsonl": `${JSON.stringify({ at: "2026-01-02T10:00:00Z", type: "ADDED", object: pod("old-1") })}\n{"broken\n`,
    }),
  );
  assert.deepEqual(names(loaded), ["Pod shop/web-1", "Pod shop/old-1"]);
  assert.deepEqual(
    loaded.occurrences.map(({ subject }) => `${subject.kind} ${subject.name}`),
    ["Namespace shop", "Pod web-1"],
  );
  assert.match(loaded.reports.get("recording.jsonl")?.fault ?? "", /^1 lines could not be read, first line 2: not JSON/);
});

test("a .tar.gz holds what its folder holds; packed logs inside are read, links and escapes are harmless", async (context) => {
  const archive = pack();
  archive.entry({ name: "./dump/pods.json" }, JSON.stringify({ kind: "PodList", apiVersion: "v1", items: [pod("web-1")] }));
  archive.entry({ name: "dump/noise.bin" }, Buffer.alloc(200_000, 1));
  archive.entry({ name: "dump/shop_web-1_app.log.gz" }, gzipSync(LOG_LINE));
  archive.entry({ name: "../../../etc/escape.json" }, JSON.stringify(node));
  archive.entry({ name: "dump/link", type: "symlink", linkname: "/etc/passwd" });
  archive.finalize();
  const root = await folder(context, { "dump.tar.gz": gzipSync(await buffer(archive)) });
  const loaded = await load(join(root, "dump.tar.gz"));
  assert.deepEqual(names(loaded), ["Pod shop/web-1", "Node -/n1"]);
  assert.deepEqual(
    loaded.occurrences.map(({ subject }) => subject.name),
    ["web-1"],
  );
});

test("what cannot be read is a gap, never fatal: broken JSON and YAML, aliases, damaged archives, looping links, a missing path", async (context) => {
  const bomb = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\na: &a [x, x]\nb: &b [*a, *a]\nspec: *b\n";
  const root = await folder(context, {
    "bad.json": '{"kind": "PodList",\n "items": [',
    "bad.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n",
    "bomb.yaml": bomb,
    "cut.tar.gz": gzipSync(Buffer.alloc(100_000, 7)).subarray(0, 60),
    "good.json": JSON.stringify(pod("web-1")),
  });
  await symlink(root, join(root, "loop"));
  const loaded = await load(root);
  assert.deepEqual(names(loaded), ["Pod shop/web-1"]);
  const gap = loaded.records.find(({ body }) => body.kind === "gap" && body.key === "dump:unread")?.body;
  assert.match(JSON.stringify(gap), /bad\.json.*not valid JSON.*bad\.yaml.*not valid YAML.*bomb\.yaml.*aliases.*cut\.tar/);
  assert.deepEqual((await load(join(root, "nowhere"))).keys, ["kind:*", "dump:unread"]);
});
