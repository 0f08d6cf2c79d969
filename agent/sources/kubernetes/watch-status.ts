// What is known about each watch, for the user: which kinds are seen, which are not and what to do about it.

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
