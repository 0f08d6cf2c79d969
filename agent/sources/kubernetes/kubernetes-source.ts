// Watches one cluster: a reflector for every kind that is served, in all namespaces or in those that were named, into one bounded queue of records.
import { setTimeout as sleepFor } from "node:timers/promises";
import type { Sink, Source, SourceStatus } from "../port.ts";
import { connectKube } from "./connect.ts";
import { discoverKinds } from "./discovery.ts";
import type { KubeApi } from "./kube-api.ts";
import { recordQueue } from "./record-queue.ts";
import { backOffMs } from "./reflector/back-off.ts";
import { type KindWatches, watchKinds } from "./watch-kinds.ts";
import type { KubernetesSourceOptions } from "./watch-options.ts";
import { WATCHED_KINDS } from "./watched-kinds.ts";

/** A server that says it has a kind, and then has not, is not asked in a tight loop. */
const DISCOVERY_PAUSE_MS = 5_000;

/** A source that can say how it does. `prepare` reads the kubeconfig: it rejects with an Error that says what is wrong with the settings. */
export type KubernetesSource = Source & { prepare(): Promise<void>; status(): SourceStatus; connection(): Promise<KubeApi> };

/** Makes a source; `start` runs until its signal is aborted or `stop` is called. It never gives up: a cluster that is away is asked again. */
export function kubernetesSource(options: KubernetesSourceOptions): KubernetesSource {
  const own = new AbortController();
  let running: Promise<void> | undefined;
  let watches: KindWatches | undefined;
  let fault: string | undefined;
  let api = options.api;

  const connection = async (): Promise<KubeApi> => {
    api ??= await connectKube(options.connection);
    return api;
  };

  const run = async (sink: Sink, signal: AbortSignal): Promise<void> => {
    const told = (reason: string | undefined): void => {
      if (reason !== undefined && reason !== fault)
        options.logger.warn("The cluster cannot be watched; it is asked again", { cluster: options.cluster, reason });
      fault = reason;
    };
    const server = await connection();
    const queue = recordQueue({
      sink,
      signal,
      sleep,
      onFault: (error) => options.logger.warn("A batch of the watch was not taken; it is offered again", { err: error }),
    });
    watches = watchKinds({ ...options, api: server, queue, signal, sleep, random: options.random ?? Math.random });
    await keepDiscovering(watches, { ...options, api: server }, signal, told);
  };

  return {
    name: "kubernetes",
    connection,
    async prepare() {
      await connection();
    },
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
      server: api?.server ?? "",
      synced: watches?.synced() ?? false,
      ...(fault === undefined ? {} : { fault }),
      watches: watches?.status() ?? [],
    }),
  };
}

type Told = (reason: string | undefined) => void;

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
