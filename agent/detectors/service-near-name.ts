// What was probably meant: the known name nearest to one that does not exist.

/** Names longer than a DNS label are not compared. */
const NAME_LENGTH_MAX = 63;

/** The known name that is a slip of `name` (at most two edits, or one is the other with something before or after), nearest first; undefined: none is. */
export function nearName(name: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = slipDistance(name, candidate);
    if (distance !== undefined && (!best || distance < best.distance || (distance === best.distance && candidate < best.name)))
      best = { name: candidate, distance };
  }
  return best?.name;
}

/** 1 or 2 edits; 2 when one name continues the other at a hyphen or digit; undefined when they have nothing to do with each other. Never 0. */
function slipDistance(a: string, b: string): number | undefined {
  if (a === b || a.length > NAME_LENGTH_MAX || b.length > NAME_LENGTH_MAX) return undefined;
  const edits = Math.min(a.length, b.length) >= 3 && Math.abs(a.length - b.length) <= 2 ? editDistance(a, b) : 3;
  // Two edits in a name of four letters make any other name.
  if (edits <= (Math.min(a.length, b.length) >= 6 ? 2 : 1)) return edits;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const rest = long.startsWith(short) ? long.slice(short.length) : long.endsWith(short) ? long.slice(0, -short.length) : "";
  return short.length >= 4 && /^[-\d]|[-\d]$/.test(rest) ? 2 : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
