// The embedded store with a writing thread of its own: a batch is written while the agent reasons about the next one. Reads run on the agent's thread.
import { Worker } from "node:worker_threads";
import { type GraphStore, StoreFault } from "../../port.ts";
import type { SqliteOptions } from "../connection.ts";
import { openSqliteStore } from "../open.ts";
import { type FromWriter, type SentChanges, type ToldError, type ToWriter, WRITING, type WritingCall } from "./messages.ts";
import { SentResources } from "./sent-resources.ts";

/** Beside the agent's bundle lies the writing thread's; from sources it is a source. */
const WRITER = new URL(import.meta.url.endsWith(".ts") ? "./writer.ts" : "./store-writer.mjs", import.meta.url);

/** What the writing thread holds is little and short-lived: without a bound V8 would let its young generation grow to what the agent's own has. In MB. */
const YOUNG_MB = 8;

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly progress?: ((done: number, total: number, what: string) => void) | undefined;
};

/** Opens the store at a path, as openSqliteStore does, on a thread of its own. Rejects with StoreFault as that throws it. */
export async function openThreadedStore(options: SqliteOptions & { readonly readOnly?: false }): Promise<GraphStore> {
  const { nowMs: _staysHere, ...cloneable } = options;
  const writer = startWriter(options.path, cloneable);
  await writer.opened;
  const reader = await openReader(options).catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  const sent = new SentResources();
  const calls = Object.fromEntries(WRITING.map((method) => [method, (...given: readonly unknown[]) => writer.call(method, given)]));
  return {
    ...reader,
    ...(calls as Pick<GraphStore, WritingCall>),
    async commit(changes) {
      const sending: SentChanges = { ...changes, resources: changes.resources.map((resource) => sent.send(resource)) };
      await writer.call("commit", [sending]);
    },
    async close() {
      await reader.close();
      await writer.close();
    },
  };
}

async function openReader({ path, nowMs }: SqliteOptions): Promise<GraphStore> {
  return openSqliteStore({ path, readOnly: true, verify: "never", ...(nowMs ? { nowMs } : {}) });
}

type Writer = {
  readonly opened: Promise<unknown>;
  call(method: WritingCall, given: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
};

function startWriter(path: string, workerData: Omit<SqliteOptions, "nowMs">): Writer {
  const waiting = new Map<number, Waiting>();
  const worker = new Worker(WRITER, { workerData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  let lastId = 0;
  let ended: StoreFault | undefined;
  const opened = new Promise((resolve, reject) => waiting.set(0, { resolve, reject }));
  const end = (why: string): void => {
    ended ??= new StoreFault("closed", `store ${path} ${why}`);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on("message", (message: FromWriter) => {
    const caller = waiting.get(message.id);
    if (message.kind === "progress") {
      caller?.progress?.(message.done, message.total, message.what);
      return;
    }
    waiting.delete(message.id);
    if (waiting.size === 0) worker.unref();
    if (message.kind === "done") caller?.resolve(message.value);
    else caller?.reject(asError(message.error));
  });
  worker.on("error", (error: Error) => end(`cannot be written to any more: its thread failed (${error.message}); start the agent again`));
  worker.on("exit", () => end("is closed"));
  const post = (message: ToWriter): void => worker.postMessage(message);
  const call = (method: WritingCall, given: readonly unknown[]): Promise<unknown> => {
    if (ended) return Promise.reject(ended);
    lastId += 1;
    const id = lastId;
    const { rest, signal, progress } = takeOut(given);
    signal?.throwIfAborted();
    const abort = (): void => post({ kind: "abort", id, reason: told(signal?.reason) });
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, progress });
      worker.ref();
      post({ kind: "call", id, method, given: rest, progress: progress !== undefined, signalled: signal !== undefined });
      signal?.addEventListener("abort", abort, { once: true });
    }).finally(() => signal?.removeEventListener("abort", abort));
  };
  return {
    opened,
    call: async (method, given) => call(method, given),
    async close() {
      if (!ended) await call("close", []);
      ended ??= new StoreFault("closed", `store ${path} is closed`);
    },
  };
}

type Options = { readonly signal?: AbortSignal; readonly progress?: Waiting["progress"] };

/** Signal and progress, which cannot cross to another thread, out of the options that come last. */
function takeOut(given: readonly unknown[]): { readonly rest: readonly unknown[] } & Options {
  const last = given.at(-1);
  if (typeof last !== "object" || last === null || !("signal" in last || "progress" in last)) return { rest: given };
  const { signal, progress, ...rest } = last as Options & object;
  return { rest: [...given.slice(0, -1), rest], ...(signal ? { signal } : {}), ...(progress ? { progress } : {}) };
}

/** A reason as it is told across. */
function told(reason: unknown): ToldError {
  return reason instanceof Error ? { name: reason.name, message: reason.message } : { name: "AbortError", message: String(reason) };
}

function asError({ fault, name, message, cause }: ToldError): Error {
  const options = cause === undefined ? {} : { cause: new Error(cause) };
  if (fault) return new StoreFault(fault, message, options);
  const error = new Error(message, options);
  error.name = name;
  return error;
}
