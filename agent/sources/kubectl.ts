// Command lines that show the evidence again. Names come from outside, so each is quoted unless it is plainly harmless.
import type { ResourceRef } from "../domain/identity.ts";

/** The word as a POSIX shell reads it back unchanged, and never as an option. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._:/=-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `kubectl -n NS events --for kind/name`; events about cluster-scoped objects lie in any namespace, mostly `default`. */
export function eventsCommand(subject: ResourceRef): string {
  const target = shellWord(`${subject.kind.toLowerCase()}/${subject.name}`);
  return subject.namespace ? `kubectl -n ${shellWord(subject.namespace)} events --for ${target}` : `kubectl events -A --for ${target}`;
}

/** `kubectl -n NS logs POD -c CONTAINER --since-time …`. */
export function logsCommand(namespace: string | undefined, pod: string, container: string | undefined, sinceMs: number): string {
  const where = namespace ? ` -n ${shellWord(namespace)}` : "";
  const which = container ? ` -c ${shellWord(container)}` : "";
  const since = new Date(Math.floor(sinceMs / 1000) * 1000).toISOString().replace(".000Z", "Z");
  return `kubectl${where} logs ${shellWord(pod)}${which} --timestamps --since-time=${since}`;
}
