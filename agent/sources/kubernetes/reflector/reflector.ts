// One kind kept as the server has it: list, then watch, and again from where it broke off; a new list only when the server has forgotten that place.
import type { Fields } from "../../fields.ts";
import { fieldsAt, textAt } from "../../fields.ts";
import type { WatchState } from "../../port.ts";
import type { KubeApi, KubeFault } from "../kube-api.ts";
import type { ServedKind } from "../watched-kinds.ts";
import { backOffMs } from "./back-off.ts";
import type { Exchanged } from "./exchange.ts";
import { listAll } from "./list.ts";
import { type WatchEvent, watch } from "./watch.ts";

/** Enough of an object to say later that it is gone. */
export type KnownObject = { readonly uid: string; readonly namespace?: string | undefined; readonly name: string };

/** What a reflector tells its owner: objects, in order, and how it does. A returned promise holds the reflector back (back-pressure). */
export type ReflectorSink = {
  /** `first`: it came with the first list, so it may be old. */
  seen(op: "UPSERT" | "DELETE", object: Fields, first: boolean): Promise<void> | undefined;
  gone(object: KnownObject): Promise<void> | undefined;
  /** A list is complete: everything that exists has been seen. */
  listed(): void;
  state(state: WatchState, fault?: KubeFault): void;
  heard(type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"): void;
  relisted(reason: "expired" | "start"): void;
};

/** What a reflector is given. */
export type ReflectorOptions = {
  readonly api: KubeApi;
  /** The kind, and where it is asked for when that is refused (Events lie in two API groups). */
  readonly kinds: readonly [ServedKind, ...ServedKind[]];
  readonly namespace: string | undefined;
  readonly sink: ReflectorSink;
  /** Objects known before it started: those that the first list does not show are gone. */
  readonly knownBefore: () => Promise<readonly KnownObject[]>;
  /** False for Events: the server forgets them after an hour, and that is no news. */
  readonly tracksObjects: boolean;
  /** Runs a list when its turn has come: lists of all kinds at once would hold a whole cluster in memory. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly silenceMs: number;
  readonly forbiddenRetryMs: number;
  /** Resolves after so long; rejects with the signal's reason. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly nowMs: () => number;
};

/** A watch that the server ended sooner than this without a word was no watch: it must not be asked in a tight loop. */
const LIFE_MS_MIN = 1_000;

/** A list whose pages expire before they are read is asked for whole after so many failures. */
const PAGED_FAILURES_MAX = 2;

type Reflection = {
  readonly options: ReflectorOptions;
  readonly signal: AbortSignal;
  readonly known: Map<string, KnownObject>;
  /** Which of `options.kinds` is asked for. */
  at: number;
  version: string | undefined;
  hasListed: boolean;
  failures: number;
};

/** A reflector's number of objects, and its life: resolves when the server does not have the kind (any more), rejects with the signal's reason. */
export type Reflector = { objects(): number; known(): readonly KnownObject[]; run(signal: AbortSignal): Promise<void> };

/** Makes a reflector. */
export function createReflector(options: ReflectorOptions): Reflector {
  const known = new Map<string, KnownObject>();
  return {
    objects: () => known.size,
    known: () => [...known.values()],
    async run(signal) {
      const reflection: Reflection = { options, signal, known, at: 0, version: undefined, hasListed: false, failures: 0 };
      if (options.tracksObjects) for (const object of await options.knownBefore()) known.set(object.uid, object);
      for (let next = true; next; ) {
        const outcome = reflection.version === undefined ? await list(reflection) : await follow(reflection);
        next = await goOn(reflection, outcome);
      }
      options.sink.state("absent");
    },
  };
}

/** The server ended a watch as soon as it had begun. */
type Short = { readonly is: "short"; readonly text: string };

type Outcome = Exchanged<unknown> | Short;

async function list(reflection: Reflection): Promise<Outcome> {
  const { options, signal, known, hasListed } = reflection;
  const { api, namespace, sink, silenceMs } = options;
  if (reflection.failures === 0) sink.state("listing");
  const seen = new Set<string>();
  const onObject = (object: Fields) => {
    const remembered = options.tracksObjects ? knownObject(object) : undefined;
    if (remembered) {
      seen.add(remembered.uid);
      known.set(remembered.uid, remembered);
    }
    return sink.seen("UPSERT", object, !hasListed);
  };
  const paged = reflection.failures < PAGED_FAILURES_MAX;
  const listed = await options.inTurn(() => listAll({ api, kind: kindOf(reflection), namespace, silenceMs, signal, paged, onObject }));
  if (listed.is !== "ok") return listed;
  for (const object of [...known.values()]) {
    if (seen.has(object.uid)) continue;
    known.delete(object.uid);
    const waits = sink.gone(object);
    if (waits !== undefined) await waits;
  }
  sink.relisted(hasListed ? "expired" : "start");
  reflection.version = listed.value;
  reflection.hasListed = true;
  reflection.failures = 0;
  sink.listed();
  sink.state("synced");
  return listed;
}

async function follow(reflection: Reflection): Promise<Outcome> {
  const { options, signal } = reflection;
  const { api, namespace, sink, silenceMs } = options;
  let openedMs: number | undefined;
  let words = 0;
  const outcome = await watch({
    api,
    kind: kindOf(reflection),
    namespace,
    silenceMs,
    signal,
    fromVersion: reflection.version ?? "",
    random: options.random(),
    onOpen: () => {
      openedMs = options.nowMs();
      if (reflection.failures > 0) sink.state("synced");
    },
    onEvent: (event) => {
      words += 1;
      return takeEvent(reflection, event);
    },
  });
  // Silence on a connection that stood is half an answer: it is made anew at once. Without one the server is away.
  if (outcome.is === "idle" && openedMs !== undefined) return { is: "ok", value: undefined };
  const hasLived = words > 0 || (openedMs !== undefined && options.nowMs() - openedMs >= LIFE_MS_MIN);
  if (hasLived) reflection.failures = 0;
  return outcome.is === "ok" && !hasLived ? { is: "short", text: "the server ended the watch at once" } : outcome;
}

function takeEvent(reflection: Reflection, event: WatchEvent): Promise<void> | undefined {
  const { options, known } = reflection;
  options.sink.heard(event.type);
  // What was handed on is kept until it is durable, so the place in the stream may move on with it.
  reflection.version = event.version ?? reflection.version;
  if (event.type === "BOOKMARK") return undefined;
  const object = options.tracksObjects ? knownObject(event.object) : undefined;
  if (object && event.type === "DELETED") known.delete(object.uid);
  else if (object) known.set(object.uid, object);
  return options.sink.seen(event.type === "DELETED" ? "DELETE" : "UPSERT", event.object, false);
}

/** What follows from an outcome: go on at once, list anew, ask elsewhere, or wait first. False: the server does not have this kind. */
async function goOn(reflection: Reflection, outcome: Outcome): Promise<boolean> {
  const { options, signal } = reflection;
  if (outcome.is === "ok") return true;
  if (outcome.is === "expired" && reflection.version !== undefined) {
    reflection.version = undefined;
    // All kinds expire together when the server starts again: their lists are spread a little.
    await options.sleep(backOffMs(1, options.random()), signal);
    return true;
  }
  if (outcome.is === "forbidden" || outcome.is === "absent") {
    const isLast = reflection.at === options.kinds.length - 1;
    if (isLast && outcome.is === "absent") return false;
    reflection.at = isLast ? 0 : reflection.at + 1;
    if (options.kinds.length > 1) reflection.version = undefined;
    if (!isLast) return true;
  }
  reflection.failures += 1;
  if (outcome.is === "short") {
    await options.sleep(backOffMs(reflection.failures, options.random()), signal);
    return true;
  }
  options.sink.state(outcome.is === "forbidden" ? "forbidden" : "backing-off", outcome);
  await options.sleep(pauseAfter(reflection, outcome), signal);
  return true;
}

function pauseAfter({ failures, options }: Reflection, fault: KubeFault): number {
  if (fault.is === "forbidden") return options.forbiddenRetryMs * (0.9 + options.random() / 5);
  return backOffMs(failures, options.random(), "retryAfterMs" in fault ? fault.retryAfterMs : undefined);
}

function kindOf({ options, at }: Reflection): ServedKind {
  return options.kinds[at] ?? options.kinds[0];
}

function knownObject(object: Fields): KnownObject | undefined {
  const metadata = fieldsAt(object, "metadata");
  const [uid, name, namespace] = ["uid", "name", "namespace"].map((key) => textAt(metadata, key));
  return uid === undefined || name === undefined ? undefined : { uid, name, ...(namespace === undefined ? {} : { namespace }) };
}
