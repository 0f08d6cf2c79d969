// What a store contract is made of, and how two stores are compared.
import { inspect } from "node:util";
import type { GraphStore } from "../../agent/store/port.ts";

/** A store under test. `reopen` closes it and opens what it kept; `dispose` closes it and removes its data. */
export type StoreUnderTest = { readonly store: GraphStore; reopen(): Promise<GraphStore>; dispose(): Promise<void> };

/** What an adapter may be excused from; none is the rule. */
export type Excuse = "reopen" | "abort at once";

/** One case of the contract. */
export type StoreCase = { readonly title: string; readonly needs?: Excuse; run(store: GraphStore, under: StoreUnderTest): Promise<void> };

/** Everything a small store answers, to compare two stores or two moments. */
export async function everything(store: GraphStore) {
  const parts = {
    resources: [] as unknown[],
    relations: [] as unknown[],
    episodes: [] as unknown[],
    links: [] as unknown[],
    incidents: [] as unknown[],
  };
  for (const cluster of await store.clusters()) {
    for await (const chunk of store.loadWorkingSet(cluster, 0)) {
      for (const part of ["resources", "relations", "episodes", "links", "incidents"] as const) parts[part].push(...chunk[part]);
    }
  }
  const text = (rows: unknown[]): string[] =>
    sorted(rows.map((row) => inspect(row, { sorted: true, depth: null, breakLength: Number.POSITIVE_INFINITY })));
  return {
    stats: await store.stats(),
    resources: text(parts.resources),
    relations: text(parts.relations),
    episodes: text(parts.episodes),
    links: text(parts.links),
    incidents: text(parts.incidents),
    checkpoints: [...(await store.checkpoints())],
    mutes: await store.mutes(),
    feedback: await store.feedback(0),
  };
}

/** A sorted copy. */
export function sorted<T extends string>(texts: readonly T[]): T[] {
  return [...texts].sort();
}
