// Second step of the layout: the order within each column, by barycentres, so that links cross little.

/** A place in a column: a node, or a bend of a link that passes through. `group` keeps unconnected parts of the graph apart; the heavier of two slots gives way less. */
export type Slot = { readonly id: string; readonly layer: number; readonly group: number; readonly bend: boolean; readonly weight: number };

/** Neighbours one column before and one column after, by slot. */
export type Neighbours = {
  readonly before: ReadonlyMap<string, readonly string[]>;
  readonly after: ReadonlyMap<string, readonly string[]>;
};

/** Four sweeps each way settle graphs of this size; the best order seen is kept. */
const SWEEPS = 8;

/** The columns with their slots in the order of fewest crossings found; ties keep the given order. */
export function orderLayers(slots: readonly Slot[], near: Neighbours): Slot[][] {
  let layers = columns(slots);
  let best = layers;
  let fewest = crossings(layers, near);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
    layers = sweepOnce(layers, sweep % 2 === 0 ? near.before : near.after, sweep % 2 === 0);
    const now = crossings(layers, near);
    if (now < fewest) {
      fewest = now;
      best = layers;
    }
  }
  return best;
}

function columns(slots: readonly Slot[]): Slot[][] {
  const layers: Slot[][] = [];
  for (const slot of slots) {
    while (layers.length <= slot.layer) layers.push([]);
    layers[slot.layer]?.push(slot);
  }
  return layers.map((layer) => [...layer].sort((a, b) => a.group - b.group));
}

function sweepOnce(layers: readonly Slot[][], near: ReadonlyMap<string, readonly string[]>, forward: boolean): Slot[][] {
  const swept = layers.map((layer) => [...layer]);
  const rank = new Map<string, number>();
  for (const step of swept.keys()) {
    const index = forward ? step : swept.length - 1 - step;
    const layer = swept[index] ?? [];
    const wish = new Map(layer.map((slot, at) => [slot.id, mean(near.get(slot.id), rank) ?? at]));
    layer.sort((a, b) => a.group - b.group || (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0));
    for (const [at, slot] of layer.entries()) rank.set(slot.id, at);
  }
  return swept;
}

/** The mean of what `values` holds for these ids; undefined when it holds nothing. */
export function mean(ids: readonly string[] | undefined, values: ReadonlyMap<string, number>): number | undefined {
  let sum = 0;
  let known = 0;
  for (const id of ids ?? []) {
    const value = values.get(id);
    if (value === undefined) continue;
    sum += value;
    known += 1;
  }
  return known > 0 ? sum / known : undefined;
}

/** How many pairs of links cross between neighbouring columns. */
function crossings(layers: readonly Slot[][], near: Neighbours): number {
  let total = 0;
  for (const [index, layer] of layers.entries()) {
    const rank = new Map((layers[index + 1] ?? []).map((slot, at) => [slot.id, at]));
    const ends: number[] = [];
    for (const slot of layer) {
      const targets = (near.after.get(slot.id) ?? []).map((id) => rank.get(id) ?? 0).sort((a, b) => a - b);
      for (const target of targets) total += ends.filter((end) => end > target).length;
      ends.push(...targets);
    }
  }
  return total;
}
