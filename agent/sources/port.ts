// What a source gives to the pipeline: records as they came, with where they came from.

/** Where a record came from, for error messages and the dead-letter queue. */
export type Origin = {
  /** `replay`, `dump`, `api`, `alertmanager`, `kubernetes`, `kafka`. Also the metric label `topic` where there is no topic. */
  readonly source: string;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly offset?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** Where inside the body or file: a JSON path such as `resources[3]`. */
  readonly path?: string | undefined;
};

/** What the body is, as far as the source can tell; normalise parses it. */
export type RecordBody =
  /** A raw Kubernetes object from a watch, a list or a dump. */
  | { readonly kind: "object"; readonly op: "UPSERT" | "DELETE"; readonly value: unknown }
  /** contracts.md §1 ResourceRecord. */
  | { readonly kind: "resource"; readonly value: unknown }
  /** contracts.md §1 EdgeRecord. */
  | { readonly kind: "edge"; readonly value: unknown }
  /** v1.Event, events.k8s.io/v1 Event, or kubernetes-event-exporter's payload. */
  | { readonly kind: "event"; readonly value: unknown }
  /** contracts.md §1 EpisodeRecord. */
  | { readonly kind: "episode"; readonly value: unknown }
  /** contracts.md §1 LogRecord, Vector's kubernetes_logs, or `{line, at, pod, namespace, container}`. */
  | { readonly kind: "log"; readonly value: unknown }
  /** Alertmanager webhook v4 body, one alert of it, or one of Prometheus' /api/v1/alerts. */
  | { readonly kind: "alert"; readonly value: unknown }
  | { readonly kind: "gap"; readonly key: string; readonly text: string | undefined };

/** One record. `atMs` is when the source saw it (for a replay: when it was recorded). */
export type SourceRecord = {
  readonly origin: Origin;
  readonly cluster?: string | undefined;
  readonly atMs: number;
  readonly body: RecordBody;
};

/** Takes batches. Resolves when the batch is durable: only then may a source acknowledge. */
export type Sink = {
  accept(records: readonly SourceRecord[], signal?: AbortSignal): Promise<AcceptResult>;
};

/** What became of a batch; `refused` holds the index of each refused record and why. */
export type AcceptResult = {
  readonly applied: number;
  /** Logs below the bar and the like: fine, but not kept. */
  readonly dropped: number;
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
};

/** Something that brings records in. `start` resolves when the source has ended or was aborted; `stop` may be called twice. */
export type Source = {
  readonly name: string;
  start(sink: Sink, signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
};

/**
 * `waiting`: not begun. `listing`: being read for the first time, or anew. `synced`: as the server has it. `forbidden`: the account may not read it. `backing-off`: the server
 * cannot be reached or refuses; what was known is kept. `absent`: the server does not have this kind.
 */
export type WatchState = "waiting" | "listing" | "synced" | "forbidden" | "backing-off" | "absent";

/** One watch: a kind, in one namespace or in all. */
export type WatchStatus = {
  readonly cluster: string;
  readonly kind: string;
  /** Absent: all namespaces, or none for a kind outside namespaces. */
  readonly namespace?: string | undefined;
  readonly state: WatchState;
  /** Objects that are known; 0 for Events, which are not kept. */
  readonly objects: number;
  /** When anything was last heard of it. */
  readonly heardMs?: number | undefined;
  /** Why it is not synced, and what to do. */
  readonly reason?: string | undefined;
};

/** One source as the user sees it. */
export type SourceStatus = {
  /** `kubernetes`. */
  readonly source: string;
  readonly cluster: string;
  /** The address that is watched. */
  readonly server: string;
  /** Every watch has been read once, or cannot be. */
  readonly synced: boolean;
  /** Why nothing is watched at all. */
  readonly fault?: string | undefined;
  readonly watches: readonly WatchStatus[];
};
