// What a file of a dump holds, before it is known when the dump was taken.
import type { Fields } from "../fields.ts";

/** Ages as kubectl prints them, to be counted back from the moment of the dump. */
export type Ages = { readonly firstMs: number; readonly lastMs: number };

/** One thing found. `ages` only where the event came from a table. `path` is the place within the file. */
export type DumpItem = {
  readonly is: "object" | "event" | "alert";
  readonly value: Fields;
  readonly path: string;
  readonly ages?: Ages | undefined;
};

/** A list of one kind: in the named namespace, or in all of them when undefined. */
export type ListSeen = { readonly kind: string; readonly namespace?: string | undefined };

/** All that one file holds. `takenAtMs`: when the file was written, as far as its text tells. */
export type FileContent = {
  readonly items: readonly DumpItem[];
  readonly lists: readonly ListSeen[];
  readonly takenAtMs?: number | undefined;
  /** Why (part of) the file could not be used. */
  readonly fault?: string | undefined;
};

/** A file without anything in it that we can use. */
export function nothing(fault: string): FileContent {
  return { items: [], lists: [], fault };
}
