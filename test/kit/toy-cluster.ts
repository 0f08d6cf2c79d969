// An API server of the tests' own over HTTP: a few objects that can be listed, watched and read, and a pod's log; enough for an agent to watch.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

type KubeObject = {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  [part: string]: unknown;
};

/** The server, and a kubeconfig whose only context is `toy`. `asked`: paths, oldest first. */
export type ToyCluster = {
  readonly url: string;
  readonly kubeconfig: string;
  readonly asked: readonly string[];
  readonly server: Server;
  stop(): Promise<void>;
};

const PLURALS: Readonly<Record<string, string>> = { Pod: "pods", Secret: "secrets", Service: "services", Namespace: "namespaces" };

/** A crashing pod with its log, a Secret and a Service. */
const OBJECTS: readonly KubeObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", uid: "ns-1", resourceVersion: "1" } },
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-1", namespace: "shop", uid: "pod-1", resourceVersion: "2", labels: { app: "web" } },
    spec: {
      containers: [
        { name: "sidecar", image: "shop/sidecar:1" },
        { name: "web", image: "shop/web:2", env: [{ name: "DB_PASSWORD", value: "hunter2" }] },
      ],
    },
    status: {
      phase: "Running",
      containerStatuses: [
        { name: "sidecar", ready: true, restartCount: 0, state: { running: {} } },
        { name: "web", ready: false, restartCount: 4, state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } } },
      ],
    },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "db", namespace: "shop", uid: "secret-1", resourceVersion: "3" },
    data: { password: "aHVudGVyMg==" },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop", uid: "service-1", resourceVersion: "4" },
    spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  },
];

/** What the pod's container wrote, token and all. */
export const TOY_LOG =
  "2026-01-01T08:00:00Z starting\n2026-01-01T08:00:01Z login password=hunter2\n2026-01-01T08:00:02Z panic: out of memory\n";

/** Starts it on a free port. */
export async function startToyCluster(objects: readonly KubeObject[] = OBJECTS): Promise<ToyCluster> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(objects, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), "kgroot-toy-"));
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigFor(url), { mode: 0o600 });
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, kubeconfig, asked, server, stop };
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "toy",
    clusters: [{ name: "toy", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "toy", user: {} }],
    contexts: [{ name: "toy", context: { cluster: "toy", user: "toy" } }],
  });
}

function answer(objects: readonly KubeObject[], request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://toy");
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const gone = () => json(404, { kind: "Status", code: 404, message: `${url.pathname} not found` });
  if (url.pathname === "/apis") return void json(200, { kind: "APIGroupList", groups: [] });
  if (url.pathname === "/api/v1") return void json(200, { kind: "APIResourceList", resources: Object.entries(PLURALS).map(resource) });
  const [, namespace, plural = "", name, part] =
    /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const ofKind = objects.filter(
    ({ kind, metadata }) => PLURALS[kind] === plural && (namespace === undefined || metadata.namespace === namespace),
  );
  if (!Object.values(PLURALS).includes(plural)) return void gone();
  if (part === "log") return void response.writeHead(200, { "content-type": "text/plain" }).end(TOY_LOG);
  if (name !== undefined) {
    const found = ofKind.find(({ metadata }) => metadata.name === name);
    return void (found && part === undefined ? json(200, found) : gone());
  }
  if (url.searchParams.get("watch") !== null) return void response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
  json(200, { kind: "List", metadata: { resourceVersion: "10" }, items: ofKind });
}

function resource([kind, name]: readonly [string, string]) {
  return { kind, name, namespaced: kind !== "Namespace", verbs: ["get", "list", "watch"] };
}
