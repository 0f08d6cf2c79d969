// An API server of the tests' own: answers in a given order, watches that the test feeds and ends, and a clock that nobody waits for.
import type { KubeAnswer, KubeApi } from "../../../../agent/sources/kubernetes/kube-api.ts";

/** One request as it came. */
export type Asked = { readonly path: string; readonly query: Readonly<Record<string, string>> };

/** What to answer: a body, a watch that the test holds, a status, or an error. */
export type Answer =
  | { readonly body: unknown }
  | { readonly watch: FakeWatch }
  | { readonly status: number; readonly body?: unknown; readonly retryAfterMs?: number }
  | { readonly error: Error };

/** A watch in the test's hands. */
export type FakeWatch = {
  send(...events: readonly object[]): void;
  end(): void;
  break(error?: Error): void;
  readonly chunks: AsyncIterable<Uint8Array>;
};

/** An API that gives each request the answer of `answer`; a watch ends when its signal is aborted. */
export function fakeKubeApi(answer: (asked: Asked) => Answer): KubeApi & { readonly asked: Asked[]; readonly renewed: () => number } {
  const asked: Asked[] = [];
  let renewed = 0;
  return {
    server: "https://test",
    asked,
    renewed: () => renewed,
    renew() {
      renewed += 1;
    },
    async get(path, query, signal): Promise<KubeAnswer> {
      const one = { path, query };
      asked.push(one);
      const given = answer(one);
      if ("error" in given) throw given.error;
      if ("watch" in given) {
        signal.addEventListener("abort", () => given.watch.break(signal.reason as Error), { once: true });
        return { status: 200, chunks: given.watch.chunks };
      }
      const status = "status" in given ? given.status : 200;
      const retryAfterMs = "retryAfterMs" in given ? given.retryAfterMs : undefined;
      return { status, chunks: bytes(JSON.stringify(given.body ?? {})), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    },
  };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A watch that has not said anything yet. */
export function fakeWatch(): FakeWatch {
  const lines: string[] = [];
  let over: { readonly error?: Error } | undefined;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  return {
    send(...events) {
      lines.push(...events.map((event) => `${JSON.stringify(event)}\n`));
      stir();
    },
    end() {
      over ??= {};
      stir();
    },
    break(error = new Error("socket hang up")) {
      over ??= { error };
      stir();
    },
    chunks: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          while (lines.length > 0) yield Buffer.from(lines.shift() ?? "");
          if (over?.error) throw over.error;
          if (over) return;
          await wake.promise;
        }
      },
    },
  };
}

/** A list's body. */
export function listOf(version: string, names: readonly string[], more: object = {}): { body: object } {
  return { body: { metadata: { resourceVersion: version, ...more }, items: names.map((name) => configMap(name, version)) } };
}

/** An object as the API gives it; its uid is made from its name. */
export function configMap(name: string, version: string): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion: version } };
}

/** An event of a watch. */
export function changed(type: "ADDED" | "MODIFIED" | "DELETED", name: string, version: string): object {
  return { type, object: configMap(name, version) };
}

/** Lets everything that waits for no timer run. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
