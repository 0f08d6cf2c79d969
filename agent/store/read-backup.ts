// Reads a backup file row by row and vouches for it: header, every row, the end with its count. Damage is a fault that names the line.
import { createReadStream, existsSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { BACKUP_LINE_MAX, type BackupLine, type BackupRow, parseLine } from "./backup-format.ts";
import { StoreFault } from "./port.ts";
import { isPatch } from "./state-diff.ts";

/** Throws StoreFault when there is no such file. */
export function assertBackup(file: string): void {
  if (!existsSync(file)) throw new StoreFault("corrupt", `there is no backup ${file}; check the path`);
}

/** The rows of a backup in its order; throws StoreFault `corrupt` at the first line that is wrong, also when the end is missing. */
export async function* readBackup(file: string): AsyncGenerator<BackupRow> {
  let rows = 0;
  let ended: number | undefined;
  let place = 0;
  for await (const line of linesOf(file)) {
    place++;
    const parsed = read(line, place, file);
    if (place === 1 || parsed.t === "header") {
      if (parsed.t !== "header" || place !== 1) throw damaged(file, place, "is not the header of a kgroot backup, or not in its place");
    } else if (ended !== undefined) throw damaged(file, place, "comes after the end");
    else if (parsed.t === "end") ended = parsed.rows;
    else {
      rows++;
      yield parsed;
    }
  }
  if (ended === rows) return;
  const what =
    ended === undefined ? "is the last, but the backup goes on: the file is cut off" : `counts ${ended} rows, but ${rows} came before it`;
  throw damaged(file, place, what);
}

function read(line: string, place: number, file: string): BackupLine {
  const parsed = parseLine(line);
  if (!parsed.ok) throw damaged(file, place, parsed.reason);
  if (parsed.value.t === "state" && !isPatch(parsed.value.row.patch)) throw damaged(file, place, "is a state whose patch is none");
  return parsed.value;
}

/** Lines of a gzip file; damage and overlong lines are faults that name the line. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const unzipped = createReadStream(file)
    .on("error", (error) => unzipped.destroy(error))
    .pipe(createGunzip());
  const decoder = new TextDecoder();
  let rest = "";
  let place = 0;
  try {
    for await (const chunk of unzipped) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > BACKUP_LINE_MAX) throw damaged(file, place + lines.length + 1, "is too long for a backup");
      for (const line of lines) {
        place++;
        yield line;
      }
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && /^Z_|^ERR_/.test(String(error.code)))
      throw damaged(file, place + 1, `cannot be unpacked (${error.message})`, error);
    throw error;
  }
  if (rest !== "") yield rest;
}

function damaged(file: string, place: number, what: string, cause?: unknown): StoreFault {
  return new StoreFault("corrupt", `backup ${file}, line ${place}: ${what}; nothing was restored, use another backup`, { cause });
}
