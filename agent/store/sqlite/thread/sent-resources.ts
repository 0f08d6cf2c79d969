// The resources that both threads have: a resource that changed crosses as what differs from the version sent before. Both sides keep and forget the same ones.
import type { Resource } from "../../../domain/resource.ts";
import { type Delta, deltaOf, withDelta } from "./delta.ts";

/** A resource on its way: a whole one, or what differs from the one that was sent before under the same key. */
export type SentResource = { readonly key: string; readonly delta: Delta };

/** Resources remembered. More would make the writing thread hold the whole cluster a second time; those that change are those that changed lately. */
const REMEMBERED_MAX = 5_000;

/** One side's memory of what crossed. */
export class SentResources {
  readonly #last = new Map<string, Resource>();

  /** The sending side. */
  send(resource: Resource): SentResource {
    const key = `${resource.cluster}\n${resource.rid}`;
    const before = this.#last.get(key);
    this.#remember(key, resource);
    return { key, delta: before === undefined ? { whole: resource } : (deltaOf(before, resource) ?? { entries: [] }) };
  }

  /** The receiving side, in the same order. */
  receive({ key, delta }: SentResource): Resource {
    const before = this.#last.get(key);
    if (before === undefined && !("whole" in delta)) throw new Error(`a part of ${key} came before the whole of it`);
    const resource = withDelta(before, delta) as Resource;
    this.#remember(key, resource);
    return resource;
  }

  #remember(key: string, resource: Resource): void {
    this.#last.set(key, resource);
    if (this.#last.size <= REMEMBERED_MAX) return;
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest);
      return;
    }
  }
}
