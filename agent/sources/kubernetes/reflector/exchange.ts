// One request with everything that can go wrong on its way: each becomes a fault with a name, and silence ends it.
import type { KubeAnswer, KubeApi, KubeFault } from "../kube-api.ts";
import { faultOf, faultOfError, readJson, SilenceError } from "../kube-api.ts";

/** What to ask for. `silenceMs`: how long nothing may come before the connection counts as half open. */
export type Exchange = {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
};

/** What `read` made of the answer, or why there was none. */
export type Exchanged<T> = { readonly is: "ok"; readonly value: T } | KubeFault;

/** Asks, and reads a good answer. Rejects only with the signal's reason. */
export async function exchange<T>(
  api: KubeApi,
  { path, query, silenceMs, signal }: Exchange,
  read: (chunks: AsyncIterable<Uint8Array>) => Promise<Exchanged<T>>,
): Promise<Exchanged<T>> {
  signal.throwIfAborted();
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const watch = silenceWatch(silenceMs, (silence) => own.abort(silence));
  try {
    const answer = await api.get(path, query, own.signal);
    if (answer.status !== 200) return await refusal(answer, api);
    return await read(heard(answer.chunks, watch));
  } catch (error) {
    signal.throwIfAborted();
    return faultOfError(own.signal.reason instanceof SilenceError ? own.signal.reason : error);
  } finally {
    watch.end();
    signal.removeEventListener("abort", stop);
    own.abort();
  }
}

async function refusal({ status, retryAfterMs, chunks }: KubeAnswer, api: KubeApi): Promise<KubeFault> {
  const body = await readJson(chunks).catch(() => undefined);
  if (status === 401) api.renew();
  return faultOf(status, body, retryAfterMs);
}

type SilenceWatch = { heard(): void; pause(): void; end(): void };

function silenceWatch(silenceMs: number, onSilence: (silence: SilenceError) => void): SilenceWatch {
  const expire = () => onSilence(new SilenceError(`nothing was heard for ${Math.round(silenceMs / 1000)} s`));
  let timer = setTimeout(expire, silenceMs);
  return {
    heard() {
      clearTimeout(timer);
      timer = setTimeout(expire, silenceMs);
    },
    pause: () => clearTimeout(timer),
    end: () => clearTimeout(timer),
  };
}

/** While the reader is busy with what came (the store may be slow), silence is its own doing and does not count. */
async function* heard(chunks: AsyncIterable<Uint8Array>, watch: SilenceWatch): AsyncGenerator<Uint8Array> {
  watch.heard();
  for await (const chunk of chunks) {
    watch.pause();
    yield chunk;
    watch.heard();
  }
}
