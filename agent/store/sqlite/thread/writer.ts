// The store's writing thread: opens the store and does what the agent's thread asks, in the order asked.
import { parentPort, workerData } from "node:worker_threads";
import { type ChangeSet, type GraphStore, StoreFault } from "../../port.ts";
import { openSqliteStore } from "../open.ts";
import type { FromWriter, SentChanges, ThreadOptions, ToldError, ToWriter } from "./messages.ts";
import { SentResources } from "./sent-resources.ts";

/** Tells an error to the other thread. */
function told(error: unknown): ToldError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, cause } = error;
  return {
    name,
    message,
    ...(error instanceof StoreFault ? { fault: error.kind } : {}),
    ...(cause instanceof Error ? { cause: cause.message } : {}),
  };
}

function reasonOf({ name, message }: ToldError): Error {
  const reason = new Error(message);
  reason.name = name;
  return reason;
}

function say(message: FromWriter): void {
  parentPort?.postMessage(message);
}

function serve(store: GraphStore): void {
  const aborts = new Map<number, AbortController>();
  const received = new SentResources();
  const commit = (sent: SentChanges): Promise<void> => {
    const changes: ChangeSet = { ...sent, resources: sent.resources.map((resource) => received.receive(resource)) };
    return store.commit(changes);
  };
  const run = async ({ id, method, given, progress, signalled }: ToWriter & { kind: "call" }): Promise<void> => {
    const abort = new AbortController();
    if (signalled) aborts.set(id, abort);
    try {
      // Signal and progress cannot cross; they are put back into the options, which come last.
      const options = {
        ...(signalled ? { signal: abort.signal } : {}),
        ...(progress ? { progress: (done: number, total: number, what: string) => say({ kind: "progress", id, done, total, what }) } : {}),
      };
      const arguments_ = signalled || progress ? [...given.slice(0, -1), { ...(given.at(-1) as object), ...options }] : given;
      const work = (method === "commit" ? commit : store[method]) as (...given: readonly unknown[]) => Promise<unknown>;
      const value = await work(...arguments_);
      say({ kind: "done", id, value });
      if (method === "close") parentPort?.close();
    } catch (error) {
      say({ kind: "failed", id, error: told(error) });
    } finally {
      aborts.delete(id);
    }
  };
  parentPort?.on("message", (message: ToWriter) => {
    if (message.kind === "abort") aborts.get(message.id)?.abort(reasonOf(message.reason));
    else void run(message);
  });
}

try {
  serve(openSqliteStore(workerData as ThreadOptions));
  say({ kind: "done", id: 0, value: undefined });
} catch (error) {
  say({ kind: "failed", id: 0, error: told(error) });
}
