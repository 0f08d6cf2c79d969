// A real Kubernetes control plane with simulated nodes, all on 127.0.0.1 and in a folder of its own: started, broken and stopped by tests.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "../until.ts";
import { buildControlPlane, type Role, roles } from "./build.ts";
import { makeCredentials } from "./credentials.ts";

const run = promisify(execFile);

/** A running control plane. */
export type KubeCluster = {
  readonly server: string;
  readonly ca: string;
  readonly folder: string;
  /** Token of an account that may do everything. */
  readonly adminToken: string;
  /** Token of the account that the agent is given (rights.yaml). */
  readonly agentToken: string;
  /** kubectl as administrator; rejects with what it said when it fails. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Applies manifests given as objects. */
  apply(...objects: readonly object[]): Promise<void>;
  /** GET as administrator. */
  get(path: string): Promise<unknown>;
  stop(role: Role, signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Resolves when the role runs and the API server answers. */
  start(role: Role): Promise<void>;
  /** Makes every older version in etcd unreadable. */
  compact(): Promise<void>;
  down(): Promise<void>;
};

type Ports = { readonly api: number; readonly etcd: number; readonly peer: number; readonly kwok: number };

type Plane = { readonly bin: string; readonly folder: string; readonly ports: Ports; readonly processes: Map<Role, ChildProcess> };

const NODES = ["node-0", "node-1", "node-2"];

/** Generous: another job may have the machine. */
const START_MS_MAX = 180_000;
const STOP_MS_MAX = 15_000;

/** Starts a fresh control plane; returns when its nodes are Ready. Whatever fails, nothing is left running. */
export async function startCluster(): Promise<KubeCluster> {
  const bin = buildControlPlane();
  const folder = mkdtempSync(join(tmpdir(), "kgroot-kube-"));
  const [api, etcd, peer, kwok] = await freePorts(4);
  const plane: Plane = { bin, folder, ports: { api, etcd, peer, kwok } as Ports, processes: new Map() };
  // A test that is killed must not leave servers behind.
  process.once("exit", () => killAll(plane));
  try {
    mkdirSync(join(folder, "certs"));
    const credentials = makeCredentials(join(folder, "certs"));
    kubeconfigFile(plane, credentials.adminToken);
    const cluster = controls(plane, credentials);
    for (const role of roles) await cluster.start(role);
    await cluster.apply(...NODES.map(node));
    await cluster.kubectl(["apply", "-f", join(import.meta.dirname, "rights.yaml")]);
    await until("the nodes are Ready", () => nodesReady(cluster), START_MS_MAX);
    const agentToken = (await cluster.kubectl(["-n", "kgroot", "create", "token", "kgroot-agent", "--duration=24h"])).trim();
    return { ...cluster, agentToken };
  } catch (error) {
    for (const role of roles) console.error(`--- ${role}\n${tail(join(folder, `${role}.log`))}`);
    killAll(plane);
    throw error;
  }
}

type Credentials = ReturnType<typeof makeCredentials>;

function controls(plane: Plane, { ca, adminToken }: Credentials): Omit<KubeCluster, "agentToken"> {
  const { bin, folder, ports, processes } = plane;
  const server = `https://127.0.0.1:${ports.api}`;
  const kubectl: KubeCluster["kubectl"] = async (args, input) => {
    const child = run(join(bin, "kubectl"), ["--kubeconfig", join(folder, "admin.kubeconfig"), ...args], { maxBuffer: 64 * 1024 * 1024 });
    child.child.stdin?.end(input ?? "");
    return (await child).stdout;
  };
  const get = (path: string) => getJson(`${server}${path}`, ca, adminToken);
  const stop: KubeCluster["stop"] = async (role, signal = "SIGTERM") => {
    const child = processes.get(role);
    processes.delete(role);
    if (child) await ended(child, signal);
  };
  return {
    server,
    ca,
    folder,
    adminToken,
    kubectl,
    async apply(...objects) {
      await kubectl(["apply", "-f", "-"], objects.map((object) => JSON.stringify(object)).join("\n---\n"));
    },
    get,
    stop,
    async start(role) {
      processes.set(role, launch(plane, role));
      if (role !== "etcd")
        await until(
          "the API server is ready",
          () =>
            get("/readyz").then(
              () => true,
              () => false,
            ),
          START_MS_MAX,
        );
    },
    async compact() {
      const etcd = `http://127.0.0.1:${ports.etcd}/v3`;
      const status = (await post(`${etcd}/maintenance/status`, {})) as { header: { revision: string } };
      await post(`${etcd}/kv/compaction`, { revision: status.header.revision, physical: true });
    },
    async down() {
      for (const role of [...roles].reverse()) await stop(role);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function launch({ bin, folder, ports }: Plane, role: Role): ChildProcess {
  const log = openSync(join(folder, `${role}.log`), "a");
  const child = spawn(join(bin, role), argumentsOf(role, folder, ports), { stdio: ["ignore", log, log] });
  closeSync(log);
  child.once("exit", (code, signal) => appendFileSync(join(folder, `${role}.log`), `\nended: ${code ?? signal}\n`));
  return child;
}

function argumentsOf(role: Role, folder: string, ports: Ports): string[] {
  const local = "http://127.0.0.1";
  const asAdmin = ["--kubeconfig", join(folder, "admin.kubeconfig")];
  const fast = ["--leader-elect=false", "--secure-port=0", "--kube-api-qps=2000", "--kube-api-burst=4000"];
  const certs = join(folder, "certs");
  switch (role) {
    case "etcd":
      return [
        ...["--name", "only", "--data-dir", join(folder, "etcd"), "--unsafe-no-fsync", "--log-level", "error"],
        // As kubeadm sets it; without it a quiet kind gets no bookmarks.
        "--watch-progress-notify-interval=5s",
        ...["--listen-client-urls", `${local}:${ports.etcd}`, "--advertise-client-urls", `${local}:${ports.etcd}`],
        ...["--listen-peer-urls", `${local}:${ports.peer}`, "--initial-advertise-peer-urls", `${local}:${ports.peer}`],
        ...["--initial-cluster", `only=${local}:${ports.peer}`],
      ];
    case "kube-apiserver":
      return apiServerArguments(certs, ports);
    case "kube-controller-manager":
      return [
        ...[
          ...asAdmin,
          ...fast,
          "--service-account-private-key-file",
          join(certs, "service-accounts.key"),
          "--root-ca-file",
          join(certs, "ca.crt"),
        ],
        // Nodes that fall silent are noticed in seconds rather than minutes.
        ...["--node-monitor-period=1s", "--node-monitor-grace-period=12s", "--node-eviction-rate=10", "--unhealthy-zone-threshold=1"],
      ];
    case "kube-scheduler":
      return [...asAdmin, ...fast];
    case "kwok":
      return [
        ...[...asAdmin, "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake", "--cidr=10.0.0.0/16", "--node-ip=127.0.0.1"],
        ...["--node-lease-duration-seconds=16", "--server-address", `127.0.0.1:${ports.kwok}`],
        ...["ordinary.yaml", "faults.yaml"].flatMap((file) => ["--config", join(import.meta.dirname, "stages", file)]),
      ];
    default:
      throw new Error(`no role ${role satisfies never}`);
  }
}

function apiServerArguments(certs: string, ports: Ports): string[] {
  const issuer = "https://kubernetes.default.svc.cluster.local";
  const accounts = join(certs, "service-accounts.key");
  return [
    ...[`--etcd-servers=http://127.0.0.1:${ports.etcd}`, `--secure-port=${ports.api}`, "--bind-address=127.0.0.1"],
    // A loopback address is no valid endpoint, so the Service `kubernetes` gets none.
    ...["--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none", "--service-cluster-ip-range=10.96.0.0/16"],
    ...["--tls-cert-file", join(certs, "server.crt"), "--tls-private-key-file", join(certs, "server.key")],
    ...["--token-auth-file", join(certs, "tokens.csv"), "--authorization-mode=RBAC"],
    ...["--service-account-issuer", issuer, "--service-account-key-file", accounts, "--service-account-signing-key-file", accounts],
    ...["--allow-privileged=true", "--profiling=false", "--enable-priority-and-fairness=false"],
    ...["--max-requests-inflight=0", "--max-mutating-requests-inflight=0"],
    // Pods leave a node that is gone after seconds; real clusters wait 300.
    ...["--default-not-ready-toleration-seconds=15", "--default-unreachable-toleration-seconds=15"],
  ];
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await until("ports are free", () => servers.every((server) => server.listening), STOP_MS_MAX);
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function kubeconfigFile({ folder, ports }: Plane, token: string): void {
  const cluster = { server: `https://127.0.0.1:${ports.api}`, "certificate-authority": join(folder, "certs/ca.crt") };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "admin",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "admin", context: { cluster: "test", user: "admin", namespace: "default" } }],
  };
  writeFileSync(join(folder, "admin.kubeconfig"), JSON.stringify(config), { mode: 0o600 });
}

function node(name: string, index: number): object {
  const labels = { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": `zone-${index}`, type: "kwok" };
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels, annotations: { "kwok.x-k8s.io/node": "fake" } } };
}

async function nodesReady(cluster: Pick<KubeCluster, "kubectl">): Promise<boolean> {
  const ready = await cluster.kubectl(["get", "nodes", "-o", 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}']);
  const account = await cluster.kubectl(["get", "serviceaccounts", "-A", "-o", "name"]);
  return ready === NODES.map(() => "True").join(" ") && account.includes("kgroot-agent");
}

function getJson(url: string, ca: string, token: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("error", reject).on("end", () => {
        if (response.statusCode !== 200) reject(new Error(`GET ${url}: ${response.statusCode} ${text.slice(0, 300)}`));
        else resolve(text.startsWith("{") ? JSON.parse(text) : text);
      });
    });
    call.on("error", reject).end();
  });
}

async function post(url: string, body: object): Promise<unknown> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

/** Asks a process to end; one that does not is killed. */
async function ended(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  await gone;
  clearTimeout(timer);
}

function killAll({ processes }: Plane): void {
  for (const child of processes.values()) child.kill("SIGKILL");
}

function tail(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n").slice(-15).join("\n");
  } catch {
    return "(no log)";
  }
}
