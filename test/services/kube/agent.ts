// The whole agent, in this process, watching a cluster of the tests: as a user starts it, with a kubeconfig and settings.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentServices } from "../../../agent/api/services.ts";
import { startApp } from "../../../agent/app.ts";
import { loadConfig } from "../../../agent/config/load.ts";
import type { Incident } from "../../../agent/domain/incident.ts";
import type { Resource } from "../../../agent/domain/resource.ts";
import { silentLogger } from "../../../agent/platform/logger.ts";
import { until } from "../until.ts";
import type { KubeCluster } from "./cluster.ts";

/** The cluster's name in the agent. */
export const CLUSTER = "test";

/** A running agent. */
export type WatchingAgent = {
  readonly services: AgentServices;
  readonly metricsUrl: string;
  readonly folder: string;
  incidents(): Promise<readonly Incident[]>;
  /** Each incident with the episodes that make it one, for assertions that must say why. */
  incidentsInWords(): Promise<readonly string[]>;
  /** Live, really seen resources of a kind. */
  resources(kind: string): Promise<readonly Resource[]>;
  /** Resolves when every kind has been read, or cannot be. */
  synced(): Promise<void>;
  /** The state of one kind's watch. */
  watchOf(kind: string): ReturnType<NonNullable<AgentServices["sources"]>>[number]["watches"][number] | undefined;
  /** `keep`: its store stays for the next agent, which is given `folder`. */
  stop(keep?: "keep"): Promise<void>;
};

/** How to start it. `url`: of the proxy or of the API server itself. */
export type WatchingOptions = {
  readonly url: string;
  readonly token?: string;
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
};

/** Writes a kubeconfig for the agent's account and gives its path. */
export function agentKubeconfig(folder: string, url: string, token: string): string {
  const file = join(folder, "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": CLUSTER,
    clusters: [{ name: CLUSTER, cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "agent", user: { token } }],
    contexts: [{ name: CLUSTER, context: { cluster: CLUSTER, user: "agent" } }],
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** Starts an agent that watches. */
export async function startAgent(cluster: KubeCluster, options: WatchingOptions): Promise<WatchingAgent> {
  const folder = options.folder ?? mkdtempSync(join(cluster.folder, "agent-"));
  const loaded = loadConfig({
    env: {},
    flags: {
      "store.path": join(folder, "kgroot.db"),
      "http.port": 0,
      "metrics.port": 0,
      "kubernetes.enabled": true,
      "kubernetes.contexts": [CLUSTER],
      "kubernetes.kubeconfig": agentKubeconfig(folder, options.url, options.token ?? cluster.agentToken),
      "kubernetes.silenceSeconds": 20,
      "kubernetes.forbiddenRetrySeconds": 1,
      ...options.settings,
    },
  });
  if (!loaded.ok) throw new Error(loaded.reason);
  const app = await startApp(loaded.value, { logger: silentLogger, listen: true });
  const { services } = app;
  const sources = () => services.sources?.() ?? [];
  return {
    services,
    metricsUrl: app.metricsUrl ?? "",
    folder,
    incidents: async () => (await services.store.incidents({ limit: 500, includeMuted: true })).rows,
    async incidentsInWords() {
      const { rows } = await services.store.incidents({ limit: 500, includeMuted: true });
      return await Promise.all(rows.map((incident) => inWords(incident, services)));
    },
    async resources(kind) {
      const found = await services.store.findResources({ cluster: CLUSTER, kind, limit: 100_000 });
      return found.filter(({ object, endedAtMs }) => object !== undefined && endedAtMs === undefined);
    },
    async synced() {
      await until("every kind has been read", () => sources().length > 0 && sources().every(({ synced }) => synced));
    },
    watchOf: (kind) => sources().flatMap(({ watches }) => watches.filter((watch) => watch.kind === kind))[0],
    async stop(keep) {
      await app.stop();
      if (keep === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function inWords({ cluster, episodes, verdict, state }: Incident, { store }: AgentServices): Promise<string> {
  const members = await store.episodes(cluster, episodes);
  const bad = members.filter(({ severity }) => severity === "ERROR" || severity === "FATAL");
  const why = bad.map(({ rid, reason, severity, message, clearedMs }) =>
    [severity, rid, reason, clearedMs === undefined ? "holds" : "cleared", message].join(" "),
  );
  return `${state}: ${verdict.title}: ${why.join("; ")}`;
}
