// What the API floor is given by the composition root; it knows nothing of how these are made.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Subject } from "../domain/resource.ts";
import type { RcaOutcome, RcaQuery } from "../operations/rca.ts";
import type { LiveFeed } from "../pipeline/live-change.ts";
import type { Sink, SourceStatus } from "../sources/port.ts";
import type { CleanupCount, GraphStore, HealthFinding, Progress } from "../store/port.ts";

/** Whether the agent may be sent traffic, and why not. */
export type Readiness = { readonly ready: boolean; readonly reasons: readonly string[] };

/** The clusters that are watched, asked on demand. Rejects with ApiFault when a cluster gives nothing. */
export type ClusterLook = {
  clusters(): readonly string[];
  object(
    cluster: string,
    wanted: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string },
    signal: AbortSignal,
  ): Promise<string>;
  log(
    cluster: string,
    wanted: {
      readonly namespace: string;
      readonly pod: string;
      readonly container?: string | undefined;
      readonly previous: boolean;
      readonly lines: number;
    },
    signal: AbortSignal,
  ): Promise<{ container: string; text: string }>;
};

/** The recording that runs, or the last one. */
export type RecordingState = {
  readonly state: "none" | "recording";
  readonly file?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly records: number;
  readonly bytes: number;
  readonly fault?: string | undefined;
};

/** Begins and ends the agent's one recording. `watches`: there are clusters to record. */
export type RecordingControl = {
  readonly watches: boolean;
  status(): RecordingState;
  start(file: string): Promise<RecordingState>;
  stop(): Promise<RecordingState>;
};

export type AgentServices = {
  readonly version: string;
  readonly defaultCluster: string;
  readonly store: GraphStore;
  /** The pipeline's front door; `accept` resolves when durable. */
  readonly sink: Sink;
  readonly live: LiveFeed;
  rca(query: RcaQuery): Promise<RcaOutcome>;
  readiness(): Readiness;
  doctor(): Promise<readonly HealthFinding[]>;
  /** How the sources that watch clusters do; absent or empty: nothing is watched. */
  sources?(): readonly SourceStatus[];
  /** The settings in force, secrets masked. */
  maskedConfig(): unknown;
  cleanup(options: {
    readonly days: number;
    readonly batchSize: number;
    readonly dryRun: boolean;
    readonly signal: AbortSignal;
    readonly progress: Progress;
  }): Promise<CleanupCount & { readonly olderThanMs: number }>;
  replay(options: {
    readonly file: string;
    readonly speed: number;
    readonly signal: AbortSignal;
    readonly progress: Progress;
  }): Promise<{ records: number; applied: number; dropped: number; refused: number }>;
  /** Removes every trace of the working set and loads it again; after a restore. */
  reload(): Promise<void>;
  /** The sentence of a link's rule, with its two subjects filled in; without it a link is described by its reasons and scores alone. */
  sentenceOf?(link: CausalLink, cause: Subject, effect: Subject): string;
  /** Somebody looks after an open incident, or no longer. */
  acknowledge(cluster: string, id: string, isSo: boolean): Promise<void>;
  /** Asks the watched clusters themselves. */
  readonly look: ClusterLook;
  readonly recording: RecordingControl;
  /** The metrics in Prometheus' text format. */
  metricsText(): Promise<string>;
  /** The support bundle. */
  support(): Promise<unknown>;
  /** Called after a mute rule was stored or removed, so that open incidents are judged anew. */
  mutesChanged?(): Promise<void>;
};
