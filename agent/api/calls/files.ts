// A file that a client names: on the agent's machine, and where the agent lets clients reach.
import { isAbsolute, resolve, sep } from "node:path";
import { ApiFault } from "../fault.ts";

/** The path to use, or a bad-request fault. With `filesDir` the file must lie in that folder; without, the path must be absolute. */
export function clientFile(file: string, filesDir: string | undefined): string {
  if (file.includes("\0")) throw new ApiFault("badRequest", "file must not hold a zero byte", { field: "file" });
  if (filesDir === undefined) {
    if (!isAbsolute(file)) throw new ApiFault("badRequest", "file must be an absolute path on the agent's machine", { field: "file" });
    return file;
  }
  const path = resolve(filesDir, file);
  if (!path.startsWith(resolve(filesDir) + sep)) {
    throw new ApiFault("badRequest", `file must lie in ${filesDir} on the agent's machine`, { field: "file" });
  }
  return path;
}
