// The clusters that the settings name, watched into a sink: which store tells what was known, which metrics count.
import { type Config, reasoningSettings } from "../config/config.ts";
import type { SourceHealth } from "../operations/doctor.ts";
import { systemClock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Metrics } from "../platform/metrics.ts";
import { clusterSources } from "../sources/kubernetes/cluster-sources.ts";
import type { KubeApi } from "../sources/kubernetes/kube-api.ts";
import type { Sink, SourceStatus } from "../sources/port.ts";
import type { GraphReader } from "../store/port.ts";

/** What watching rests on. `store` absent: nothing was known before (a recording). */
export type WatchParts = { readonly store?: GraphReader; readonly metrics: Metrics; readonly logger: Logger };

/** The watched clusters. `stop` may be called twice. */
export type ClusterWatch = {
  /** Reads what the settings name; rejects with an Error that says what is wrong with it. Clusters that are away are no fault. */
  prepare(): Promise<void>;
  start(sink: Sink): void;
  status(): readonly SourceStatus[];
  /** The API server of a watched cluster. Rejects when it is not watched, or its settings are wrong. */
  apiOf(cluster: string): Promise<KubeApi>;
  stop(): Promise<void>;
};

/** Lives of one kind read from the store at start. */
const KNOWN_MAX = 200_000;

/** Custom kinds may be installed while the agent runs. */
const DISCOVER_EVERY_MS = 5 * 60_000;

/** Makes the watch of every cluster, none when it is switched off. */
export function watchClusters(config: Config, parts: WatchParts): ClusterWatch {
  const { enabled, contexts, kubeconfig, namespaces, exceptKinds, silenceSeconds, forbiddenRetrySeconds } = config.kubernetes;
  const { store, metrics, logger } = parts;
  const stopping = new AbortController();
  const sources = !enabled
    ? []
    : clusterSources({
        contexts,
        kubeconfig,
        namespaces,
        exceptKinds,
        cluster: config.cluster,
        historyMs: reasoningSettings(config).windowMs,
        silenceMs: silenceSeconds * 1_000,
        forbiddenRetryMs: forbiddenRetrySeconds * 1_000,
        discoverEveryMs: DISCOVER_EVERY_MS,
        knownBefore: async (cluster, kind) => (store ? await knownObjects(store, cluster, kind) : []),
        meterOf: (cluster) => meter(metrics, cluster),
        logger,
        clock: systemClock,
      });
  return {
    async prepare() {
      for (const source of sources) await source.prepare();
    },
    start(sink) {
      for (const source of sources)
        source.start(sink, stopping.signal).catch((error: unknown) => logger.error("A watch has ended", { err: error }));
    },
    status: () => sources.map((source) => source.status()),
    async apiOf(cluster) {
      const source = sources.find((one) => one.status().cluster === cluster);
      if (!source) throw new Error(`the cluster ${cluster} is not watched`);
      return source.connection();
    },
    async stop() {
      stopping.abort(new DOMException("the agent is stopping", "AbortError"));
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
}

async function knownObjects(store: GraphReader, cluster: string, kind: string) {
  const lives = await store.findResources({ cluster, kind, limit: KNOWN_MAX });
  return lives.flatMap(({ uid, namespace, name, object, endedAtMs }) =>
    uid === undefined || object === undefined || endedAtMs !== undefined ? [] : [{ uid, name, ...(namespace ? { namespace } : {}) }],
  );
}

function meter(metrics: Metrics, cluster: string) {
  return {
    event: (kind: string, type: string) => metrics.watchEvents.inc({ cluster, kind, type }),
    relist: (kind: string, reason: string) => metrics.watchRelists.inc({ cluster, kind, reason }),
    error: (kind: string, reason: string) => metrics.watchErrors.inc({ cluster, kind, reason }),
    heard: (kind: string, atMs: number) => metrics.watchHeard.set({ cluster, kind }, atMs / 1_000),
  };
}

/** What the health check says of the watches: the cluster as a whole, then each kind that is not seen. */
export function watchHealth(statuses: readonly SourceStatus[]): readonly SourceHealth[] {
  return statuses.flatMap(({ cluster, server, synced, fault, watches }) => {
    const newestMs = watches.reduce<number | undefined>(
      (newest, { heardMs }) => Math.max(newest ?? 0, heardMs ?? 0) || undefined,
      undefined,
    );
    const name = `watch of cluster ${cluster}${server === "" ? "" : ` at ${server}`}`;
    const failing = fault === undefined ? {} : { reason: fault };
    const whole = {
      name,
      state: fault === undefined ? "running" : "failing",
      ...failing,
      ...(newestMs === undefined ? {} : { newestMs }),
    } as const;
    const blind = watches.filter(({ state }) => state === "forbidden" || state === "backing-off");
    const kinds = blind.map(({ kind, namespace, reason, state }) => ({
      name: `watch of ${kind} objects${namespace === undefined ? "" : ` in namespace ${namespace}`} of cluster ${cluster}`,
      state: "failing" as const,
      reason: reason ?? (state === "forbidden" ? "not allowed" : "the server does not answer"),
    }));
    return synced || fault !== undefined
      ? [whole, ...kinds]
      : [{ ...whole, name: `${name} (still being read for the first time)` }, ...kinds];
  });
}
