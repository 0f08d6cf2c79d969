// Whether a setting's name says that it sizes memory: a heap, a cache, a limit. Editing such a one is a likelier start of an out-of-memory kill than other edits.

/** Words of names such as MEM_LIMIT_MB, JAVA_MAX_HEAP, cacheSizeMb, GOMEMLIMIT, maxmemory. */
const MEMORY_WORDS = new Set(["mem", "memory", "heap", "xmx", "xms", "cache", "gomemlimit", "maxmemory", "buffer", "ram"]);

/** Splits at separators and at changes from lower to upper case, as people write names. */
export function isMemorySetting(name: string): boolean {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => MEMORY_WORDS.has(word));
}
