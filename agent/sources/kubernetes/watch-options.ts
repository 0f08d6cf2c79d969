// How a cluster is watched: what the composition root decides, and what it gives.
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { ConnectOptions } from "./connect.ts";
import type { KubeApi } from "./kube-api.ts";
import type { KnownObject } from "./reflector/reflector.ts";

/** What is counted of the watches; the composition root gives the metrics. */
export type WatchMeter = {
  event(kind: string, type: string): void;
  relist(kind: string, reason: string): void;
  error(kind: string, reason: string): void;
  heard(kind: string, atMs: number): void;
};

/** How to watch a cluster. */
export type KubernetesSourceOptions = {
  readonly cluster: string;
  readonly connection: ConnectOptions;
  /** Made already, or by a test; absent: made from `connection`. */
  readonly api?: KubeApi | undefined;
  /** Empty: all. Else kinds outside namespaces are watched too, as far as the account may read them. */
  readonly namespaces: readonly string[];
  /** Kinds that are not watched. */
  readonly exceptKinds: readonly string[];
  /** Events that last happened longer ago than this when the agent starts are history. */
  readonly historyMs: number;
  /** A watch that is silent for this long is made anew. */
  readonly silenceMs: number;
  /** A kind that may not be read is asked for again after this long. */
  readonly forbiddenRetryMs: number;
  /** The server is asked anew which kinds it has. */
  readonly discoverEveryMs: number;
  /** Live objects of a kind that the store knows from before; those that are no longer there are deleted after the first list. */
  readonly knownBefore: (kind: string) => Promise<readonly KnownObject[]>;
  readonly meter: WatchMeter;
  readonly logger: Logger;
  readonly clock: Clock;
  /** 0..1. */
  readonly random?: () => number;
};
