// What the agent's thread and the store's writing thread say to each other. All of it passes the structured clone algorithm.
import type { ChangeSet, GraphStore, StoreFaultKind } from "../../port.ts";
import type { SqliteOptions } from "../connection.ts";
import type { SentResource } from "./sent-resources.ts";

/** What is called on the writing thread; everything else reads, on a connection of the agent's own thread. */
export const WRITING = [
  "commit",
  "putMute",
  "removeMute",
  "putFeedback",
  "ensureIndexes",
  "dropIndexes",
  "cleanup",
  "restore",
  "close",
] as const satisfies readonly (keyof GraphStore)[];

/** A call on the writing thread. */
export type WritingCall = (typeof WRITING)[number];

/** A change set on its way. */
export type SentChanges = Omit<ChangeSet, "resources"> & { readonly resources: readonly SentResource[] };

/** How the store is opened; `nowMs` is a function and stays behind. */
export type ThreadOptions = Omit<SqliteOptions, "nowMs">;

/** To the writing thread. `call`: `signalled` says that an `abort` may follow, `progress` that the caller wants to know how far it is. */
export type ToWriter =
  | {
      readonly kind: "call";
      readonly id: number;
      readonly method: WritingCall;
      readonly given: readonly unknown[];
      readonly progress: boolean;
      readonly signalled: boolean;
    }
  | { readonly kind: "abort"; readonly id: number; readonly reason: ToldError };

/** A fault as it is told across; `fault` is absent when it is a bug. */
export type ToldError = { readonly fault?: StoreFaultKind; readonly name: string; readonly message: string; readonly cause?: string };

/** From the writing thread. Id 0 is the opening. */
export type FromWriter =
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly error: ToldError }
  | { readonly kind: "progress"; readonly id: number; readonly done: number; readonly total: number; readonly what: string };
