// The name that a save dialog begins with.
import { homedir } from "node:os";
import { join } from "node:path";

/** `~/kgroot-recording-2026-01-31.jsonl.gz`. */
export function defaultFile(name: string, extension: string): string {
  return join(homedir(), `${name}-${new Date().toISOString().slice(0, 10)}.${extension}`);
}
