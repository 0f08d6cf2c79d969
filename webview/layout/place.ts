// Third step of the layout: where in its column each slot stands, near its neighbours, never overlapping, and where it stood before.
import { mean, type Neighbours, type Slot } from "./order.ts";

/** The measures of the third step, in pixels along the column. */
export type Spacing = { readonly nodeSize: number; readonly bendSize: number; readonly gap: number; readonly groupGap: number };

/** Twelve passes, alternating direction, bring positions to rest within a pixel on graphs of this size. */
const PASSES = 12;

/** Centre of each slot within its column, for a graph that is drawn for the first time; the smallest edge is 0. */
export function placeFresh(layers: readonly (readonly Slot[])[], near: Neighbours, spacing: Spacing): Map<string, number> {
  const centre = new Map<string, number>();
  for (const layer of layers)
    settle(
      layer,
      layer.map(() => 0),
      centre,
      spacing,
    );
  for (let pass = 0; pass < PASSES; pass += 1) {
    const forward = pass % 2 === 0;
    for (const step of layers.keys()) {
      const layer = layers[forward ? step : layers.length - 1 - step] ?? [];
      settle(
        layer,
        layer.map((slot) => wishOf(slot, near, centre, forward)),
        centre,
        spacing,
      );
    }
  }
  const top = Math.min(...layers.flat().map((slot) => (centre.get(slot.id) ?? 0) - sizeOf(slot, spacing) / 2));
  for (const [id, at] of centre) centre.set(id, Math.round(at - top));
  return centre;
}

/** Keeps every slot that has a place in `kept` exactly there and puts each new one into the free space nearest to its neighbours. */
export function placeBeside(
  layers: readonly (readonly Slot[])[],
  near: Neighbours,
  spacing: Spacing,
  kept: ReadonlyMap<string, number>,
): Map<string, number> {
  const centre = new Map(kept);
  for (const layer of layers) {
    const taken = layer.filter((slot) => kept.has(slot.id));
    for (const slot of layer) {
      if (kept.has(slot.id)) continue;
      const wish = mean(near.before.get(slot.id), centre) ?? mean(near.after.get(slot.id), centre) ?? 0;
      centre.set(slot.id, Math.round(nearestFree(slot, wish, taken, { centre, spacing })));
      taken.push(slot);
    }
  }
  return centre;
}

function sizeOf(slot: Slot, spacing: Spacing): number {
  return slot.bend ? spacing.bendSize : spacing.nodeSize;
}

/** The least distance of two centres that stand one after the other. */
function apart(a: Slot, b: Slot, spacing: Spacing): number {
  return (sizeOf(a, spacing) + sizeOf(b, spacing)) / 2 + (a.group === b.group ? spacing.gap : spacing.groupGap);
}

function wishOf(slot: Slot, near: Neighbours, centre: ReadonlyMap<string, number>, forward: boolean): number {
  const [first, second] = forward ? [near.before, near.after] : [near.after, near.before];
  return mean(first.get(slot.id), centre) ?? mean(second.get(slot.id), centre) ?? centre.get(slot.id) ?? 0;
}

/** Weighted least squares under the order and the distances: pool adjacent violators over the wishes with the distances taken out. */
function settle(layer: readonly Slot[], wishes: readonly number[], centre: Map<string, number>, spacing: Spacing): void {
  const offsets: number[] = [];
  const pools: { sum: number; weight: number; size: number }[] = [];
  for (const [index, slot] of layer.entries()) {
    const before = layer[index - 1];
    offsets.push(before ? (offsets[index - 1] ?? 0) + apart(before, slot, spacing) : 0);
    pools.push({ sum: ((wishes[index] ?? 0) - (offsets[index] ?? 0)) * slot.weight, weight: slot.weight, size: 1 });
    for (
      let last = pools.at(-1), previous = pools.at(-2);
      last && previous && previous.sum / previous.weight > last.sum / last.weight;
      last = pools.at(-1), previous = pools.at(-2)
    ) {
      pools.splice(-2, 2, { sum: previous.sum + last.sum, weight: previous.weight + last.weight, size: previous.size + last.size });
    }
  }
  let index = 0;
  for (const pool of pools) {
    for (let member = 0; member < pool.size; member += 1, index += 1)
      centre.set(layer[index]?.id ?? "", pool.sum / pool.weight + (offsets[index] ?? 0));
  }
}

type Standing = { readonly centre: ReadonlyMap<string, number>; readonly spacing: Spacing };

function nearestFree(slot: Slot, wish: number, taken: readonly Slot[], standing: Standing): number {
  const barred = taken.map((other) => {
    const at = standing.centre.get(other.id) ?? 0;
    const distance = apart(other, slot, standing.spacing);
    return { from: at - distance, to: at + distance };
  });
  const isFree = (at: number): boolean => barred.every((zone) => at <= zone.from || at >= zone.to);
  const choices = [wish, ...barred.flatMap((zone) => [zone.from, zone.to])].filter(isFree);
  return choices.reduce((best, at) => (Math.abs(at - wish) < Math.abs(best - wish) ? at : best), choices[0] ?? wish);
}
