// The composition root: with app/ the only place that knows implementations. Start, stop, reload; clean-ups run last in, first out.
import { startApi } from "./api/api.ts";
import { startMetricsServer } from "./api/metrics-server.ts";
import type { AgentServices, RecordingControl } from "./api/services.ts";
import { gatherSupport } from "./app/gather-support.ts";
import { clusterLook } from "./app/look-up.ts";
import { openStore } from "./app/open-store.ts";
import { recordingControl } from "./app/recording.ts";
import { type ClusterWatch, watchClusters, watchHealth } from "./app/watch-clusters.ts";
import { type Config, maskedConfig, readTls, readTokens, reasoningSettings } from "./config/config.ts";
import type { IncidentId } from "./domain/identity.ts";
import type { Incident } from "./domain/incident.ts";
import { cleanupStore, scheduleCleanup, systemTimer } from "./operations/cleanup.ts";
import { doctor } from "./operations/doctor.ts";
import { answerRca, type RcaAnswer, sentenceOf, timelineOf } from "./operations/rca.ts";
import { createPipeline, type Pipeline, type PipelineOptions } from "./pipeline/pipeline.ts";
import { systemClock } from "./platform/clock.ts";
import { keepHeapSmall } from "./platform/heap.ts";
import { type CleanUps, createCleanUps } from "./platform/lifecycle.ts";
import type { Logger } from "./platform/logger.ts";
import { createMetrics, type Metrics } from "./platform/metrics.ts";
import { VERSION } from "./platform/version.ts";
import { splitAlerts } from "./sources/alerts/parse-alert.ts";
import { loadDump } from "./sources/dump/load-dump.ts";
import type { SourceRecord } from "./sources/port.ts";
import { replaySource } from "./sources/replay/replay-source.ts";
import { parseUpdates } from "./sources/updates/parse-updates.ts";
import { measuredStore } from "./store/measured.ts";
import type { GraphStore } from "./store/port.ts";
import { openSqliteStore } from "./store/sqlite/open.ts";

/** A running agent, or with `listen: false` the same program without its network side. */
export type App = { readonly services: AgentServices; readonly url?: string; readonly metricsUrl?: string; stop(): Promise<void> };

/** How to start. `pageDir`: the built page; undefined: no page. */
export type AppOptions = { readonly logger: Logger; readonly listen: boolean; readonly pageDir?: string };

/** The stream's time moves on this often although no record comes. */
const TICK_MS = 250;

const HOUR_MS = 60 * 60_000;

/** Opens the store, loads the working set and starts the pipeline; with `listen` also HTTP, WebSocket and metrics. Throws an Error that says what to do. */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { logger, listen } = options;
  if (listen) keepHeapSmall();
  const cleanUps = createCleanUps((name, error) => logger.warn(`stopping ${name} failed`, { err: error }));
  try {
    const metrics = createMetrics({ processMetrics: listen });
    const store = measuredStore(await openStore(config, listen), metrics);
    cleanUps.push("store", () => store.close());
    const pipeline = createPipeline({ ...pipelineOptions(config, logger), store, metrics });
    cleanUps.push("pipeline", () => pipeline.stop());
    await pipeline.load();
    const watch = watchClusters(config, { store, metrics, logger });
    if (listen) await watch.prepare();
    const recording = recordingControl(config, logger);
    cleanUps.push("recording", async () => void (await recording.stop()));
    const services = agentServices(config, { store, pipeline, metrics, watch, recording });
    if (!listen) return { services, stop: () => cleanUps.run() };
    cleanUps.push("timers", startTimers(config, store, pipeline, logger));
    const urls = await listenOn(config, { services, metrics, cleanUps }, options);
    cleanUps.push("watches", () => watch.stop());
    watch.start(pipeline);
    return { services, ...urls, stop: () => cleanUps.run() };
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

function pipelineOptions(config: Config, logger: Logger): Omit<PipelineOptions, "store" | "metrics"> {
  return {
    settings: reasoningSettings(config),
    defaultCluster: config.cluster,
    keepLogs: config.logs.keepPatterns.map((pattern) => new RegExp(pattern)),
    batchRecordsMax: config.pipeline.batchRecordsMax,
    clock: systemClock,
    logger,
  };
}

/** What the agent's services are made of. */
type Parts = {
  readonly store: GraphStore;
  readonly pipeline: Pipeline;
  readonly metrics: Metrics;
  readonly watch: ClusterWatch;
  readonly recording: RecordingControl;
};

function agentServices(config: Config, parts: Parts): AgentServices {
  const { store, pipeline, metrics, watch } = parts;
  const settings = reasoningSettings(config);
  return {
    ...insight(config, parts),
    version: VERSION,
    defaultCluster: config.cluster,
    store,
    sink: pipeline,
    live: pipeline,
    async rca(query) {
      const end = metrics.rcaComputeTime.startTimer();
      const outcome = await answerRca(store, settings, query);
      end();
      return outcome;
    },
    readiness() {
      const fault = pipeline.fault();
      return { ready: fault === undefined, reasons: fault === undefined ? [] : [fault] };
    },
    doctor: () => examineAgent(config, { store, pipeline, watch }),
    sources: () => watch.status(),
    maskedConfig: () => maskedConfig(config),
    cleanup: (options) => cleanupStore(store, { ...options, nowMs: systemClock.nowMs() }),
    replay: (options) => replayInto(pipeline, config, options),
    reload: () => pipeline.load(),
    sentenceOf,
    mutesChanged: () => pipeline.refreshMutes(),
  };
}

/** What tells of the clusters and of the agent itself. */
function insight(config: Config, { store, pipeline, metrics, watch, recording }: Parts) {
  return {
    look: clusterLook(watch),
    recording,
    acknowledge: (cluster: string, id: string, isSo: boolean) => pipeline.acknowledge(cluster, id, isSo),
    metricsText: () => metrics.registry.metrics(),
    support: async () => {
      const findings = await examineAgent(config, { store, pipeline, watch });
      return gatherSupport(config, { store, findings, metrics: await metrics.registry.metrics() });
    },
  };
}

async function replayInto(pipeline: Pipeline, config: Config, options: Parameters<AgentServices["replay"]>[0]) {
  const counts = { records: 0, applied: 0, dropped: 0, refused: 0 };
  const source = replaySource({
    files: [options.file],
    speed: options.speed > 0 ? options.speed : "max",
    cluster: config.cluster,
    onRefused: () => {
      counts.refused += 1;
    },
    onProgress: ({ bytesDone, bytesTotal }) => options.progress(bytesDone, bytesTotal, "bytes replayed"),
  });
  const counting: Pick<Pipeline, "accept"> = {
    async accept(records, signal) {
      const result = await pipeline.accept(records, signal);
      counts.records += records.length;
      counts.applied += result.applied;
      counts.dropped += result.dropped;
      counts.refused += result.refused.length;
      return result;
    },
  };
  await source.start(counting, options.signal);
  await pipeline.finish();
  return counts;
}

function examineAgent(
  config: Config,
  { store, pipeline, watch }: Pick<Parts, "store" | "pipeline" | "watch">,
): ReturnType<AgentServices["doctor"]> {
  const fault = pipeline.fault();
  const own = {
    name: "pipeline",
    state: fault === undefined ? "running" : "failing",
    ...(fault === undefined ? {} : { reason: fault }),
  } as const;
  const sources = [own, ...watchHealth(watch.status())];
  return doctor({ config, store, sources, kgroot: VERSION, nowMs: systemClock.nowMs() });
}

function startTimers(config: Config, store: GraphStore, pipeline: Pipeline, logger: Logger): () => Promise<void> {
  const { days, batchSize, everyHours } = config.retention;
  const tick = setInterval(() => {
    pipeline.tick().catch((error: unknown) => logger.debug("tick failed", { err: error }));
  }, TICK_MS);
  const cleanup = scheduleCleanup(store, {
    retention: { days, batchSize },
    everyMs: everyHours * HOUR_MS,
    timer: systemTimer,
    onDone: (result) => logger.info("Cleaned up what is past its retention", { ...result }),
    onFault: (error) => logger.warn("Cleaning up failed; it is tried again at the next interval", { err: error }),
  });
  return async () => {
    clearInterval(tick);
    await cleanup.stop();
  };
}

type Urls = { readonly url: string; readonly metricsUrl?: string };

/** What listens answers from these, and is stopped with them. */
type Started = { readonly services: AgentServices; readonly metrics: Metrics; readonly cleanUps: CleanUps };

async function listenOn(config: Config, { services, metrics, cleanUps }: Started, { logger, pageDir }: AppOptions): Promise<Urls> {
  const { http } = config;
  const tls = readTls(config);
  const api = await startApi(services, {
    host: http.host,
    port: http.port,
    tokens: readTokens(config),
    ...(tls ? { tls } : {}),
    allowedOrigins: http.allowedOrigins,
    bodyBytesMax: http.bodyBytesMax,
    requestsPerMinuteMax: http.requestsPerMinuteMax,
    filesDir: http.filesDir,
    pageDir,
    logger,
    metrics,
    parseUpdates,
    splitAlerts,
  });
  cleanUps.push("api", () => api.stop());
  if (!config.metrics.enabled) return { url: api.address };
  const page = await startMetricsServer({ host: config.metrics.host, port: config.metrics.port, registry: metrics.registry });
  cleanUps.push("metrics", () => page.stop());
  return { url: api.address, metricsUrl: page.address };
}

/** What `kgroot analyze` found. */
export type Analysis = {
  readonly incidents: readonly Incident[];
  /** What happened, oldest first, by incident. */
  readonly timelines: ReadonlyMap<IncidentId, RcaAnswer["timeline"]>;
  readonly gaps: readonly string[];
  readonly counts: {
    readonly records: number;
    readonly applied: number;
    readonly dropped: number;
    readonly refused: readonly { readonly where: string; readonly reason: string }[];
    readonly resources: number;
  };
};

/** How to analyse. */
export type AnalyzeOptions = { readonly logger: Logger; readonly signal: AbortSignal; readonly progress?: (what: string) => void };

/** The API server keeps an Event for an hour: one that is still in a dump may be going on. */
const EVENT_LIFE_MS = HOUR_MS;

/** Refusals that are told one by one; the rest are counted. */
const REFUSALS_MAX = 100;

/** Incidents told of one analysis. */
const INCIDENTS_MAX = 500;

/** One-shot: reads the paths into a store in memory, no server, no cluster. Throws an Error that names a path that cannot be read. */
export async function analyze(config: Config, paths: readonly string[], options: AnalyzeOptions): Promise<Analysis> {
  const { logger, signal, progress } = options;
  const store = openSqliteStore({ path: ":memory:" });
  const common = pipelineOptions(config, logger);
  const settings = { ...common.settings, silenceMs: Math.max(common.settings.silenceMs, EVENT_LIFE_MS) };
  const pipeline = createPipeline({ ...common, settings, store, metrics: createMetrics() });
  const counts = { records: 0, applied: 0, dropped: 0, refused: [] as { where: string; reason: string }[] };
  const gaps = new Set<string>();
  try {
    const batches = loadDump(paths, {
      cluster: config.cluster,
      nowMs: systemClock.nowMs(),
      signal,
      onFile: ({ path }) => progress?.(path),
    });
    for await (const batch of batches) {
      const result = await pipeline.accept(batch, signal);
      counts.records += batch.filter(({ body }) => body.kind !== "gap").length;
      counts.applied += result.applied;
      counts.dropped += result.dropped;
      for (const { body } of batch) if (body.kind === "gap" && body.text !== undefined) gaps.add(body.text);
      for (const { index, reason } of result.refused)
        if (counts.refused.length < REFUSALS_MAX) counts.refused.push({ where: placeOf(batch[index]), reason });
    }
    await pipeline.finish();
    const { resources } = await store.stats();
    const { rows } = await store.incidents({ limit: INCIDENTS_MAX, includeMuted: true });
    const timelines = new Map(await Promise.all(rows.map(async (incident) => [incident.id, await timelineOf(store, incident)] as const)));
    return { incidents: rows, timelines, gaps: [...gaps], counts: { ...counts, resources } };
  } finally {
    await pipeline.stop();
    await store.close();
  }
}

function placeOf(record: SourceRecord | undefined): string {
  if (!record) return "unknown";
  const { file, line, path, source } = record.origin;
  return [file ?? source, line === undefined ? "" : `:${line}`, path ? ` ${path}` : ""].join("");
}
