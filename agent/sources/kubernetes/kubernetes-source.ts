// Watches one cluster: a reflector for every kind that is served, in all namespaces or in those that were named, into one bounded queue of records.
import { setTimeout as sleepFor } from "node:timers/promises";
import type { Sink, Source, SourceStatus } from "../port.ts";
import { type Connection, connectKube } from "./connect.ts";
import { discoverKinds } from "./discovery.ts";
import type { KubeApi } from "./kube-api.ts";
import { recordQueue } from "./record-queue.ts";
import { backOffMs } from "./reflector/back-off.ts";
import { type KindWatches, watchKinds } from "./watch-kinds.ts";
import type { KubernetesSourceOptions } from "./watch-options.ts";
import { WATCHED_KINDS } from "./watched-kinds.ts";

/** A server that says it has a kind, and then has not, is not asked in a tight loop. */
const DISCOVERY_PAUSE_MS = 5_000;

/** A source that can say how it does. */
export type KubernetesSource = Source & { status(): SourceStatus };

/** Makes a source; `start` runs until its signal is aborted or `stop` is called. It never gives up: a cluster that is away is asked again. */
export function kubernetesSource(options: KubernetesSourceOptions): KubernetesSource {
  const own = new AbortController();
  let running: Promise<void> | undefined;
  let watches: KindWatches | undefined;
  let fault: string | undefined;
  let server = options.api?.server ?? "";

  const run = async (sink: Sink, signal: AbortSignal): Promise<void> => {
    const told = (reason: string | undefined): void => {
      if (reason !== undefined && reason !== fault)
        options.logger.warn("The cluster cannot be watched; it is asked again", { cluster: options.cluster, reason });
      fault = reason;
    };
    const api = options.api ?? (await connected(options, signal, told)).api;
    server = api.server;
    const queue = recordQueue({
      sink,
      signal,
      sleep,
      onFault: (error) => options.logger.warn("A batch of the watch was not taken; it is offered again", { err: error }),
    });
    watches = watchKinds({ ...options, api, queue, signal, sleep, random: options.random ?? Math.random });
    await keepDiscovering(watches, { ...options, api }, signal, told);
  };

  return {
    name: "kubernetes",
    start(sink, signal) {
      const either = AbortSignal.any([signal, own.signal]);
      running = run(sink, either)
        .catch((error: unknown) => {
          if (!either.aborted) throw error;
        })
        .finally(() => watches?.ended());
      return running;
    },
    async stop() {
      own.abort(new DOMException("the agent is stopping", "AbortError"));
      await running?.catch(() => undefined);
    },
    status: () => ({
      source: "kubernetes",
      cluster: options.cluster,
      server,
      synced: watches?.synced() ?? false,
      ...(fault === undefined ? {} : { fault }),
      watches: watches?.status() ?? [],
    }),
  };
}

type Told = (reason: string | undefined) => void;

/** A kubeconfig may come later, or be mended: a wrong one is no end. */
async function connected(options: KubernetesSourceOptions, signal: AbortSignal, told: Told): Promise<Connection> {
  for (let failures = 1; ; failures += 1) {
    try {
      const connection = await connectKube(options.connection);
      told(undefined);
      return connection;
    } catch (error) {
      told(error instanceof Error ? error.message : String(error));
      await sleep(backOffMs(failures, 1), signal);
    }
  }
}

async function keepDiscovering(
  watches: KindWatches,
  options: KubernetesSourceOptions & { api: KubeApi },
  signal: AbortSignal,
  told: Told,
): Promise<never> {
  const wanted = WATCHED_KINDS.filter(({ kind }) => !options.exceptKinds.includes(kind));
  for (let failures = 0; ; ) {
    const found = await discoverKinds(wanted, { api: options.api, signal, silenceMs: options.silenceMs });
    if (found.is === "ok") {
      failures = 0;
      told(undefined);
      watches.serve(found.value);
      await watches.untilAbsent(options.discoverEveryMs);
      await sleep(DISCOVERY_PAUSE_MS, signal);
      continue;
    }
    failures += 1;
    told(found.text);
    options.meter.error("discovery", found.is);
    await sleep(backOffMs(failures, Math.random(), "retryAfterMs" in found ? found.retryAfterMs : undefined), signal);
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(Math.min(ms, 2 ** 31 - 1), undefined, { signal });
}
