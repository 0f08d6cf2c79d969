// Objects never change once they are parsed, and versions share what did not change: what was read from a part holds as long as the part lives.

/** The same function, which reads each object only once. A second argument must follow from the first. */
export function remembered<K extends object, V, A = void>(read: (from: K, also: A) => V): (from: K, also: A) => V {
  const known = new WeakMap<K, V>();
  return (from, also) => {
    const found = known.get(from);
    if (found !== undefined) return found;
    const value = read(from, also);
    known.set(from, value);
    return value;
  };
}
