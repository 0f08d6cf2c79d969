// First step of the layout: which column a node stands in, so that every link runs from cause to effect (longest-path layering).

/** A link to lay out; `source` is the cause. A link of `weight` above 1 is drawn straight where others bend. */
export type LayoutLink = { readonly id: string; readonly source: string; readonly target: string; readonly weight?: number };

/** `layer` counts from 0; `reversed` holds the links that had to be turned round because the graph has a cycle. */
export type Layering = { readonly layer: ReadonlyMap<string, number>; readonly reversed: ReadonlySet<string> };

type Open = { readonly incoming: Set<LayoutLink>; readonly outgoing: LayoutLink[] };

/**
 * Takes nodes in the given order (oldest first) whenever nothing unplaced points at them. When only cycles are left, the oldest node goes first
 * and the links into it are turned round. A source then moves right, next to its nearest effect.
 */
export function assignLayers(ids: readonly string[], links: readonly LayoutLink[]): Layering {
  const open = openNodes(ids, links);
  const layer = new Map<string, number>();
  const reversed = new Set<string>();
  const deepest = new Map(ids.map((id) => [id, 0]));
  const left = new Set(ids);
  while (left.size > 0) {
    const free = [...left].filter((id) => open.get(id)?.incoming.size === 0);
    for (const id of free.length > 0 ? free : [...left].slice(0, 1)) {
      const node = open.get(id);
      const at = deepest.get(id) ?? 0;
      layer.set(id, at);
      left.delete(id);
      for (const link of node?.incoming ?? []) {
        reversed.add(link.id);
        deepest.set(link.source, Math.max(deepest.get(link.source) ?? 0, at + 1));
      }
      for (const link of node?.outgoing ?? []) {
        open.get(link.target)?.incoming.delete(link);
        if (left.has(link.target)) deepest.set(link.target, Math.max(deepest.get(link.target) ?? 0, at + 1));
      }
      for (const link of node?.incoming ?? []) dropOutgoing(open.get(link.source), link);
    }
  }
  return { layer: pullSources(ids, links, layer, reversed), reversed };
}

function openNodes(ids: readonly string[], links: readonly LayoutLink[]): Map<string, Open> {
  const open = new Map<string, Open>(ids.map((id) => [id, { incoming: new Set(), outgoing: [] }]));
  for (const link of links) {
    open.get(link.source)?.outgoing.push(link);
    open.get(link.target)?.incoming.add(link);
  }
  return open;
}

function dropOutgoing(node: Open | undefined, link: LayoutLink): void {
  const at = node?.outgoing.indexOf(link) ?? -1;
  if (at >= 0) node?.outgoing.splice(at, 1);
}

function pullSources(
  ids: readonly string[],
  links: readonly LayoutLink[],
  layer: Map<string, number>,
  reversed: ReadonlySet<string>,
): Map<string, number> {
  const hasCause = new Set<string>();
  const nearest = new Map<string, number>();
  for (const link of links) {
    const [from, to] = reversed.has(link.id) ? [link.target, link.source] : [link.source, link.target];
    hasCause.add(to);
    nearest.set(from, Math.min(nearest.get(from) ?? Number.POSITIVE_INFINITY, layer.get(to) ?? 0));
  }
  for (const id of ids) {
    const effect = nearest.get(id);
    if (effect !== undefined && !hasCause.has(id)) layer.set(id, effect - 1);
  }
  return layer;
}
