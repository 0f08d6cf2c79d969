// Collects records into batches for the pipeline, bounded: whoever brings more than is durable yet must wait.
import type { Sink, SourceRecord } from "../port.ts";

/** A batch goes out with this many records, or after this long. */
const BATCH_RECORDS_MAX = 1_000;
const BATCH_MS = 50;

/** Records held beside the batch on its way: raw objects of about 10 KB, so some 20 MB. */
const HELD_RECORDS_MAX = 2_000;

/** Pause before a batch that was not taken is offered again. */
const RETRY_MS = 1_000;

/** A queue in front of a sink. */
export type RecordQueue = {
  /** Takes a record. A promise: the queue is full, wait for it before the next one. */
  push(record: SourceRecord): Promise<void> | undefined;
};

/** What a queue is given. `sleep` rejects with the signal's reason. */
export type QueueOptions = {
  readonly sink: Sink;
  readonly signal: AbortSignal;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A batch was not taken; it is offered again. */
  readonly onFault: (error: unknown) => void;
};

/** An empty queue. It lives until the signal is aborted; what was not durable then comes again with the next start's lists. */
export function recordQueue(options: QueueOptions): RecordQueue {
  const { signal } = options;
  let held: SourceRecord[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let room = Promise.withResolvers<void>();

  const send = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = held.slice(0, BATCH_RECORDS_MAX);
    held = held.slice(BATCH_RECORDS_MAX);
    await deliver(batch, options);
    sending = undefined;
    room.resolve();
    room = Promise.withResolvers();
    if (held.length >= BATCH_RECORDS_MAX) startSending();
    else if (held.length > 0) schedule();
  };
  // Only the abort ends a delivery early; whoever waits for room is told by the same signal.
  const startSending = (): void => {
    sending = send().catch(() => room.resolve());
  };
  const schedule = (): void => {
    if (timer === undefined && sending === undefined) timer = setTimeout(startSending, BATCH_MS);
  };
  signal.addEventListener(
    "abort",
    () => {
      clearTimeout(timer);
      room.resolve();
    },
    { once: true },
  );

  return {
    push(record) {
      held.push(record);
      if (held.length >= BATCH_RECORDS_MAX && sending === undefined) startSending();
      else schedule();
      return held.length >= HELD_RECORDS_MAX ? room.promise : undefined;
    },
  };
}

/** Offers the same batch until it is durable. */
async function deliver(batch: readonly SourceRecord[], { sink, signal, sleep, onFault }: QueueOptions): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      // Without the signal: what is being committed is finished, so that memory and store stay together; the sink has an end of its own.
      await sink.accept(batch);
      return;
    } catch (error) {
      signal.throwIfAborted();
      onFault(error);
      await sleep(RETRY_MS, signal);
    }
  }
}
