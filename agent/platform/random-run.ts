// Tells a key or token, which is random, from the long names, paths, ids and digests that Kubernetes text is full of.

// What stands before hexadecimal that names something: digests, container and sandbox ids, commits, traces.
const NAMED_HEX_BEFORE =
  /(?:[:@/]|(?:sandbox|container|task|id|hash|digest|sha\d{0,3}|commit|revision|trace|span|image|layer|etag|checksum|md5)\W{0,4})$/i;

// Random base64 changes the kind of character about 6 times in 10, CamelCase less than 3 times in 10.
const CLASS_CHANGES_MIN = 0.32;

// 32 random base64 characters have about 4.6 bits each by their own frequencies; English words about 4 or less.
const ENTROPY_BITS_MIN = 4;

/** Whether a run of 32 or more letters, digits and `+/_=-` is random. `before` is the text just before it, a few words are enough. */
export function isRandomRun(run: string, before: string): boolean {
  if (/^[0-9a-f]+$/i.test(run)) return /\d/.test(run) && /[a-f]/i.test(run) && !NAMED_HEX_BEFORE.test(before);
  if (!/[a-z]/.test(run) || !/[A-Z]/.test(run) || !/\d/.test(run)) return false;
  return classChanges(run) >= CLASS_CHANGES_MIN && entropyBits(run) >= ENTROPY_BITS_MIN;
}

/** The share of neighbours that differ in kind: lower case, upper case, digit, sign. */
function classChanges(run: string): number {
  let changes = 0;
  for (let index = 1; index < run.length; index++) {
    if (classOf(run.charCodeAt(index)) !== classOf(run.charCodeAt(index - 1))) changes++;
  }
  return changes / (run.length - 1);
}

function classOf(code: number): number {
  if (code >= 97 && code <= 122) return 0;
  if (code >= 65 && code <= 90) return 1;
  return code >= 48 && code <= 57 ? 2 : 3;
}

/** Shannon entropy of the run's own characters, in bits a character. */
function entropyBits(run: string): number {
  const counts = new Map<string, number>();
  for (const character of run) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / run.length) * Math.log2(count / run.length);
  return bits;
}
