// Starts and ends the reflectors of one cluster as kinds come and go, and turns what they see into records.
import type { Fields } from "../fields.ts";
import type { SourceRecord, WatchStatus } from "../port.ts";
import type { FoundKind } from "./discovery.ts";
import { eventLastMs } from "./event-age.ts";
import type { KubeApi } from "./kube-api.ts";
import type { RecordQueue } from "./record-queue.ts";
import { createReflector, type KnownObject, type Reflector, type ReflectorSink } from "./reflector/reflector.ts";
import { turnstile } from "./turnstile.ts";
import { type WatchBoard, type Watched, watchBoard } from "./watch-board.ts";
import type { KubernetesSourceOptions } from "./watch-options.ts";
import { apiVersionOf, type ServedKind, type WantedKind } from "./watched-kinds.ts";

/** Lists read at the same time: each holds one page of raw objects, some 5 MB. */
const LISTS_MAX = 4;

/** What the watches of a cluster are given beyond the source's own options. */
export type KindWatchesOptions = Omit<KubernetesSourceOptions, "api" | "random"> & {
  readonly api: KubeApi;
  readonly queue: RecordQueue;
  readonly signal: AbortSignal;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
};

/** The watches of a cluster. */
export type KindWatches = {
  /** What the server serves now: starts what is new, ends what is gone. */
  serve(found: readonly FoundKind[]): void;
  /** Resolves when a kind turned out not to be there any more, or after so long. Rejects with the signal's reason. */
  untilAbsent(ms: number): Promise<void>;
  synced(): boolean;
  status(): readonly WatchStatus[];
  /** Resolves when every reflector has ended after the abort. */
  ended(): Promise<void>;
};

type Running = { readonly reflectors: readonly Reflector[]; isAbsent: boolean };

type Watching = {
  readonly options: KindWatchesOptions;
  readonly board: WatchBoard;
  readonly running: Map<string, Running>;
  readonly lives: Set<Promise<void>>;
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  absent: PromiseWithResolvers<void>;
};

/** No watches yet. */
export function watchKinds(options: KindWatchesOptions): KindWatches {
  const { cluster, clock, queue, signal } = options;
  const emit = (body: SourceRecord["body"]) => void queue.push(recordOf(options, body));
  const board = watchBoard({ emit, nowMs: () => clock.nowMs() });
  const watching: Watching = {
    options,
    board,
    running: new Map(),
    lives: new Set(),
    inTurn: turnstile(LISTS_MAX),
    absent: Promise.withResolvers(),
  };
  return {
    serve(found) {
      for (const { wanted, served } of found) {
        const running = watching.running.get(nameOf(wanted));
        if (running?.isAbsent) end(watching, wanted, running, served.length === 0);
        const [first, ...others] = served;
        if (first && !watching.running.has(nameOf(wanted))) begin(watching, wanted, [first, ...others]);
      }
    },
    async untilAbsent(ms) {
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      await Promise.race([watching.absent.promise, options.sleep(ms, either)]).finally(() => stop.abort());
      watching.absent = Promise.withResolvers();
    },
    synced: () => board.synced(),
    status: () => board.status(cluster),
    async ended() {
      await Promise.allSettled([...watching.lives]);
    },
  };
}

function nameOf({ kind, group }: WantedKind): string {
  return `${kind}.${group}`;
}

function begin(watching: Watching, wanted: WantedKind, kinds: readonly [ServedKind, ...ServedKind[]]): void {
  const { options } = watching;
  const places = wanted.namespaced && options.namespaces.length > 0 ? options.namespaces : [undefined];
  const before = lazily(() => options.knownBefore(wanted.kind));
  const running: Running = {
    reflectors: places.map((namespace) => start(watching, { wanted, kinds, namespace, before, onAbsent })),
    isAbsent: false,
  };
  watching.running.set(nameOf(wanted), running);
  function onAbsent(): void {
    running.isAbsent = true;
    watching.absent.resolve();
  }
}

/** A kind that is served in no version has no objects; one that is served in another version has them still, and is watched there. */
function end({ options, board, running }: Watching, wanted: WantedKind, ended: Running, isGone: boolean): void {
  running.delete(nameOf(wanted));
  board.remove(wanted.kind);
  if (!isGone) return;
  for (const object of ended.reflectors.flatMap((reflector) => reflector.known()))
    void options.queue.push(goneRecord(options, { ...wanted, version: wanted.versions?.[0] ?? "v1" }, object));
}

type Start = {
  readonly wanted: WantedKind;
  readonly kinds: readonly [ServedKind, ...ServedKind[]];
  readonly namespace: string | undefined;
  readonly before: () => Promise<readonly KnownObject[]>;
  readonly onAbsent: () => void;
};

function start(watching: Watching, { wanted, kinds, namespace, before, onAbsent }: Start): Reflector {
  const { options, board, inTurn, lives } = watching;
  const { api, silenceMs, forbiddenRetryMs, sleep, random, clock, signal } = options;
  const watched: Watched = {
    wanted,
    namespace,
    state: "waiting",
    fault: undefined,
    failingMs: undefined,
    hasListed: false,
    heardMs: undefined,
    objects: () => reflector.objects(),
  };
  board.add(watched);
  const reflector = createReflector({
    api,
    kinds,
    namespace,
    sink: sinkFor(watching, watched, kinds[0]),
    knownBefore: async () => (await before()).filter((object) => namespace === undefined || object.namespace === namespace),
    tracksObjects: wanted.kind !== "Event",
    inTurn,
    silenceMs,
    forbiddenRetryMs,
    sleep,
    random,
    nowMs: () => clock.nowMs(),
  });
  const life = reflector
    .run(signal)
    .then(onAbsent)
    .catch((error: unknown) => {
      if (!signal.aborted) options.logger.error("A watch has ended by a fault of kgroot's own", { kind: wanted.kind, err: error });
    })
    .finally(() => lives.delete(life));
  lives.add(life);
  return reflector;
}

function sinkFor({ options, board }: Watching, watched: Watched, kind: ServedKind): ReflectorSink {
  const { queue, meter, clock, historyMs } = options;
  return {
    seen(op, object, first) {
      if (kind.kind !== "Event")
        return queue.push(recordOf(options, { kind: "object", op, value: kind.kind === "Secret" ? withoutValues(object) : object }));
      const isOld = first && (eventLastMs(object) ?? 0) < clock.nowMs() - historyMs;
      return op === "DELETE" || isOld ? undefined : queue.push(recordOf(options, { kind: "event", value: object }));
    },
    gone: (object) => queue.push(goneRecord(options, kind, object)),
    listed() {
      watched.heardMs = clock.nowMs();
      meter.heard(kind.kind, watched.heardMs);
      board.listed(watched);
    },
    state(state, fault) {
      if (fault) meter.error(kind.kind, fault.is);
      board.state(watched, state, fault);
    },
    heard(type) {
      watched.heardMs = clock.nowMs();
      meter.event(kind.kind, type);
      meter.heard(kind.kind, watched.heardMs);
    },
    relisted: (reason) => meter.relist(kind.kind, reason),
  };
}

/** The values of a Secret go no further than this, not even into the queue. */
function withoutValues(secret: Fields): unknown {
  const { metadata, type } = secret;
  const keys = (part: unknown) =>
    typeof part === "object" && part !== null ? Object.fromEntries(Object.keys(part).map((key) => [key, ""])) : undefined;
  const data = keys(secret["data"]);
  return { apiVersion: "v1", kind: "Secret", metadata, type, ...(data ? { data } : {}) };
}

function goneRecord(options: KindWatchesOptions, kind: ServedKind, { uid, namespace, name }: KnownObject): SourceRecord {
  const metadata = { name, uid, ...(namespace === undefined ? {} : { namespace }) };
  return recordOf(options, { kind: "object", op: "DELETE", value: { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata } });
}

function recordOf({ cluster, clock }: KindWatchesOptions, body: SourceRecord["body"]): SourceRecord {
  return { origin: { source: "kubernetes" }, cluster, atMs: clock.nowMs(), body };
}

/** Asked once, however many namespaces need the answer. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
