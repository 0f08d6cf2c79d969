// The kubectl command line that shows a resource again; its name comes from outside and is quoted.

type Named = { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };

/** `kubectl -n NS get kind/name -o yaml`: where the field is that an edge was read from. */
export function showCommand(subject: Named): string {
  return `${kubectl(subject)} get ${target(subject)} -o yaml`;
}

/** `kubectl -n NS describe kind/name`: state and events together. */
export function describeCommand(subject: Named): string {
  return `${kubectl(subject)} describe ${target(subject)}`;
}

function kubectl({ namespace }: Named): string {
  return namespace ? `kubectl -n ${shellWord(namespace)}` : "kubectl";
}

function target({ kind, name }: Named): string {
  return shellWord(`${kind.toLowerCase()}/${name}`);
}

/** The word as a POSIX shell reads it back unchanged, and never as an option. */
function shellWord(word: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
