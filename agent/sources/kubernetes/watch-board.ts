// Brings the watches of all kinds and namespaces together: what the user is told, what verdicts are told is missing, and when a kind is complete.
import type { SourceRecord, WatchState, WatchStatus } from "../port.ts";
import type { KubeFault } from "./kube-api.ts";
import { rbacName, type WantedKind } from "./watched-kinds.ts";

/** A watch that has failed for less than this is no gap: servers restart. */
const BLIND_MS = 30_000;

/** Namespaces named in a sentence. */
const NAMED_MAX = 3;

/** One watch on the board. */
export type Watched = {
  readonly wanted: WantedKind;
  readonly namespace: string | undefined;
  state: WatchState;
  fault: KubeFault | undefined;
  /** Since when it has failed. */
  failingMs: number | undefined;
  hasListed: boolean;
  heardMs: number | undefined;
  readonly objects: () => number;
};

/** The watches of one cluster. */
export type WatchBoard = {
  add(watched: Watched): void;
  /** A watch has listed everything, or its state has changed. The records that this brings are handed to `emit`. */
  listed(watched: Watched): void;
  state(watched: Watched, state: WatchState, fault?: KubeFault): void;
  status(cluster: string): readonly WatchStatus[];
  /** Every watch has been read once, or cannot be. */
  synced(): boolean;
  remove(kind: string): void;
};

/** What a board is given: it makes records of kind `gap`. */
export type BoardOptions = { readonly emit: (body: SourceRecord["body"]) => void; readonly nowMs: () => number };

type Told = { complete: boolean | undefined; gap: string | undefined };

/** An empty board. */
export function watchBoard({ emit, nowMs }: BoardOptions): WatchBoard {
  const watches: Watched[] = [];
  const told = new Map<string, Told>();

  const tell = (kind: string): void => {
    const own = watches.filter((watched) => watched.wanted.kind === kind);
    const before = told.get(kind) ?? { complete: undefined, gap: undefined };
    const gap = gapOf(own, nowMs());
    const complete = own.length > 0 && own.every((watched) => watched.hasListed && !isBlind(watched, nowMs()));
    if (gap !== before.gap) emit({ kind: "gap", key: `kind:${kind}`, text: gap });
    // Absence means something only while the kind is seen: a text says that it is not complete any more.
    if (kind !== "Event" && complete && !before.complete) emit({ kind: "gap", key: `complete:${kind}`, text: undefined });
    if (kind !== "Event" && !complete && before.complete) emit({ kind: "gap", key: `complete:${kind}`, text: gap ?? "not watched" });
    told.set(kind, { complete, gap });
  };

  return {
    add(watched) {
      watches.push(watched);
    },
    listed(watched) {
      watched.hasListed = true;
      tell(watched.wanted.kind);
    },
    state(watched, state, fault) {
      watched.state = state;
      watched.fault = fault;
      if (state !== "backing-off" && state !== "listing") watched.failingMs = undefined;
      else if (state === "backing-off") watched.failingMs ??= nowMs();
      tell(watched.wanted.kind);
    },
    status: (cluster) => watches.map((watched) => statusOf(watched, cluster)),
    synced: () => watches.length > 0 && watches.every(({ state, hasListed }) => hasListed || state === "forbidden" || state === "absent"),
    remove(kind) {
      for (let at = watches.length - 1; at >= 0; at -= 1) if (watches[at]?.wanted.kind === kind) watches.splice(at, 1);
      tell(kind);
    },
  };
}

function isBlind({ state, failingMs }: Watched, nowMs: number): boolean {
  return state === "forbidden" || (failingMs !== undefined && nowMs - failingMs >= BLIND_MS);
}

/** What a verdict is told of a kind, or undefined while it is seen. */
function gapOf(watches: readonly Watched[], nowMs: number): string | undefined {
  const blind = watches.filter((watched) => isBlind(watched, nowMs));
  const [first] = blind;
  if (first === undefined || first.wanted.minor) return undefined;
  const { wanted } = first;
  const where = placesOf(blind);
  if (first.state === "forbidden") {
    const known = first.hasListed ? "; what was known of them is kept as it was" : "";
    return `${wanted.kind} objects${where} cannot be read: grant the agent "list" and "watch" on ${rbacName(wanted)}${known}`;
  }
  const since = new Date(first.failingMs ?? nowMs).toISOString();
  return `nothing has been heard of ${wanted.kind} objects${where} since ${since} (${first.fault?.text ?? "no reason given"}); what was known of them is kept as it was`;
}

function placesOf(watches: readonly Watched[]): string {
  const names = watches.flatMap(({ namespace }) => namespace ?? []);
  if (names.length === 0) return "";
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
  return ` in namespace ${names.slice(0, NAMED_MAX).join(", ")}${more}`;
}

function statusOf({ wanted, namespace, state, fault, heardMs, objects }: Watched, cluster: string): WatchStatus {
  const reason = state === "synced" ? undefined : reasonOf(wanted, namespace, state, fault);
  return {
    cluster,
    kind: wanted.kind,
    ...(namespace === undefined ? {} : { namespace }),
    state,
    objects: objects(),
    ...(heardMs === undefined ? {} : { heardMs }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function reasonOf(wanted: WantedKind, namespace: string | undefined, state: WatchState, fault: KubeFault | undefined): string | undefined {
  const place = namespace === undefined ? "" : ` in namespace ${namespace}`;
  if (state === "forbidden") return `grant the agent "list" and "watch" on ${rbacName(wanted)}${place} (${fault?.text ?? "403"})`;
  return fault?.text;
}
