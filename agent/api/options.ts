// What the API is started with, beside the services it answers from.
import type { Result } from "../domain/result.ts";
import type { Logger } from "../platform/logger.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { Role } from "../protocol/rpc.ts";
import type { SourceRecord } from "../sources/port.ts";

/** A token and what its holder may do. */
export type RoleToken = { readonly role: Role; readonly token: string };

/** The metrics that the API moves. */
export type ApiMetrics = Pick<Metrics, "wsClients" | "wsMessages" | "wsDropped"> & {
  /** Seconds per HTTP request; `route` is the pattern, never the address. */
  readonly httpDuration?: { observe(labels: { method: string; route: string; status: string }, seconds: number): void };
};

/** Bounds towards WebSocket clients; the defaults are WS_LIMITS. */
export type WsLimits = {
  /** Connections at once; more are answered 503. */
  readonly clientsMax: number;
  /** A longer message closes the connection (1009). */
  readonly messageBytesMax: number;
  /** Calls of one client that run at once; more are answered "too busy". */
  readonly callsMax: number;
  /** A client that has not taken this many bytes when the next message is due is dropped (1013). */
  readonly bufferedBytesMax: number;
  /** Changed incidents kept for a client that does not read; beyond, it is dropped (1013). */
  readonly pendingMax: number;
  /** A ping this often; a client that answered none of the last one is dead. */
  readonly pingMs: number;
  /** Statistics are sent at most this often. */
  readonly statsMs: number;
};

/** How the API is offered. */
export type ApiOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Empty: everybody who reaches the loopback address is admin. Any other host needs at least one token. */
  readonly tokens: readonly RoleToken[];
  /** PEM texts. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  /** Origins beside the agent's own that a browser may come from: `https://kgroot.example.com`, where a proxy rewrites Host. */
  readonly allowedOrigins: readonly string[];
  readonly bodyBytesMax: number;
  /** HTTP requests and WebSocket messages together, per token or else per address. */
  readonly requestsPerMinuteMax: number;
  /** Folder of the built page; undefined: no page. */
  readonly pageDir?: string | undefined;
  /** Where files named by clients (backup, restore, replay) must lie; undefined: any absolute path. */
  readonly filesDir?: string | undefined;
  readonly logger: Logger;
  readonly metrics: ApiMetrics;
  /** Splits a body of /api/v1/updates into records with their paths (sources/updates); `prefix` stands before each path. */
  readonly parseUpdates: (body: unknown, nowMs: number, prefix?: string) => Result<readonly SourceRecord[]>;
  /** Splits Alertmanager's webhook, or a list of alerts, into single ones (sources/alerts). */
  readonly splitAlerts: (body: unknown) => Result<readonly unknown[]>;
  readonly ws?: Partial<WsLimits>;
  /** Defaults to the machine's clock. */
  readonly nowMs?: () => number;
};

/** Defaults of WsLimits. The largest answer, a page of 500 incidents, is about 2 MB; a client that leaves four of those unread is dropped. */
export const WS_LIMITS: WsLimits = {
  clientsMax: 100,
  messageBytesMax: 1_048_576,
  callsMax: 32,
  bufferedBytesMax: 8_388_608,
  pendingMax: 1_000,
  pingMs: 30_000,
  statsMs: 1_000,
};
