// A first-in first-out queue with a limit: who fills it waits when it is full, who empties it waits when it is empty.

/** Why a push failed: the queue was closed before there was room. */
export class QueueClosed extends Error {
  constructor() {
    super("queue is closed");
    this.name = "QueueClosed";
  }
}

/** Every waiting call takes a signal and rejects with its reason when aborted. */
export type BoundedQueue<T> = {
  /** Resolves when the item is in; waits in turn while the queue is full. Rejects with QueueClosed once closed. */
  push(item: T, signal?: AbortSignal): Promise<void>;
  /** Puts the item in if there is room now. False: full or closed; the caller counts the drop. */
  offer(item: T): boolean;
  /** The oldest item, waiting for one; undefined once the queue is closed and empty. */
  take(signal?: AbortSignal): Promise<T | undefined>;
  /** What is there now, oldest first, at most `countMax`; never waits. */
  takeReady(countMax: number): T[];
  /** Lets what is inside be taken and nothing more be pushed. May be called twice. */
  close(): void;
  readonly size: number;
  readonly capacity: number;
};

type Waiter<V> = { readonly resolve: (value: V) => void; readonly reject: (error: unknown) => void };

/** An empty queue that holds at most `capacity` items (1 or more). */
export function createBoundedQueue<T>(capacity: number): BoundedQueue<T> {
  if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`queue capacity must be a whole number from 1 up, not ${capacity}`);
  return new Fifo(capacity);
}

class Fifo<T> implements BoundedQueue<T> {
  readonly capacity: number;
  readonly #items: T[] = [];
  readonly #takers = new Set<Waiter<T | undefined>>();
  readonly #pushers = new Map<Waiter<void>, T>();
  #closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  async push(item: T, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#closed) throw new QueueClosed();
    if (this.#pushers.size === 0 && this.offer(item)) return;
    await new Promise<void>((resolve, reject) => {
      this.#pushers.set(
        abortable({ resolve, reject }, signal, (self) => this.#pushers.delete(self)),
        item,
      );
    });
  }

  offer(item: T): boolean {
    if (this.#closed) return false;
    const [taker] = this.#takers;
    if (taker) {
      this.#takers.delete(taker);
      taker.resolve(item);
      return true;
    }
    if (this.#items.length >= this.capacity) return false;
    this.#items.push(item);
    return true;
  }

  async take(signal?: AbortSignal): Promise<T | undefined> {
    signal?.throwIfAborted();
    if (this.#items.length > 0) return this.takeReady(1)[0];
    if (this.#closed) return undefined;
    return await new Promise<T | undefined>((resolve, reject) => {
      this.#takers.add(abortable({ resolve, reject }, signal, (self) => this.#takers.delete(self)));
    });
  }

  takeReady(countMax: number): T[] {
    const taken = this.#items.splice(0, countMax);
    this.#admit();
    return taken;
  }

  close(): void {
    this.#closed = true;
    for (const taker of this.#takers) taker.resolve(undefined);
    this.#takers.clear();
    for (const pusher of this.#pushers.keys()) pusher.reject(new QueueClosed());
    this.#pushers.clear();
  }

  /** Lets in whoever waits, in turn, while there is room. */
  #admit(): void {
    for (const [waiter, item] of this.#pushers) {
      if (this.#items.length >= this.capacity) return;
      this.#pushers.delete(waiter);
      this.#items.push(item);
      waiter.resolve();
    }
  }
}

/** The waiter with its abort listener; settling it takes the listener off again. */
function abortable<V>(waiter: Waiter<V>, signal: AbortSignal | undefined, forget: (self: Waiter<V>) => void): Waiter<V> {
  if (!signal) return waiter;
  const onAbort = (): void => {
    forget(wrapped);
    waiter.reject(signal.reason);
  };
  const settle = (how: () => void): void => {
    signal.removeEventListener("abort", onAbort);
    how();
  };
  const wrapped: Waiter<V> = {
    resolve: (value) => settle(() => waiter.resolve(value)),
    reject: (error) => settle(() => waiter.reject(error)),
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return wrapped;
}
