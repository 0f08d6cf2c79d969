// The health of the store file: whole, how large, how much room is left, which version, how many rows.
import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { HealthFinding } from "../port.ts";
import { integrityError } from "./connection.ts";
import { listIndexes } from "./indexes.ts";
import { storedVersion } from "./migrate.ts";
import type { Session } from "./session.ts";
import { readStats } from "./stats.ts";

const MEGABYTE = 1024 * 1024;
// Below this a busy cluster fills the disk within hours.
const FREE_BYTES_MIN = 512 * MEGABYTE;
const WAL_BYTES_MAX = 512 * MEGABYTE;

/** Every finding with what to do. Reads the whole file once. */
export async function checkStore(session: Session, path: string): Promise<HealthFinding[]> {
  const findings = [integrity(session, path), version(session, path), contents(session), indexes(session)];
  return path === ":memory:" ? findings : [...findings, ...fileSizes(path), await freeSpace(path)];
}

function finding(status: HealthFinding["status"], text: string, action?: string): HealthFinding {
  return { component: "store", status, text, ...(action ? { action } : {}) };
}

function integrity(session: Session, path: string): HealthFinding {
  const damage = integrityError(session.sql);
  if (damage === undefined) return finding("ok", "the store is whole");
  return finding(
    "error",
    `store ${path} is damaged: ${damage}`,
    "stop the agent, move the file away and restore a backup with kgroot restore FILE",
  );
}

function version(session: Session, path: string): HealthFinding {
  return finding(
    "ok",
    `store ${path}, version ${storedVersion(session.sql)}, SQLite ${String(session.sql.get("SELECT sqlite_version() AS v")?.v)}`,
  );
}

function contents(session: Session): HealthFinding {
  const { resources, relations, episodes, links, incidents } = readStats(session);
  return finding("ok", `${resources} resources, ${relations} edges, ${episodes} episodes, ${links} links, ${incidents} incidents`);
}

function indexes(session: Session): HealthFinding {
  const missing = listIndexes(session.sql)
    .filter(({ state }) => state !== "online")
    .map(({ name }) => name);
  if (missing.length === 0) return finding("ok", "all indexes are there");
  return finding("warning", `indexes are missing, so questions take longer: ${missing.join(", ")}`, "kgroot indexes ensure");
}

function fileSizes(path: string): HealthFinding[] {
  const sizeBytes = sizeOf(path);
  const walBytes = sizeOf(`${path}-wal`);
  const text = `the store takes ${megabytes(sizeBytes)}, its write-ahead log ${megabytes(walBytes)}`;
  if (walBytes <= WAL_BYTES_MAX) return [finding("ok", text)];
  return [finding("warning", text, "a program has been reading the store for long; end it, then the log shrinks")];
}

async function freeSpace(path: string): Promise<HealthFinding> {
  const { bavail, bsize } = await statfs(dirname(path));
  const freeBytes = bavail * bsize;
  if (freeBytes >= FREE_BYTES_MIN) return finding("ok", `${megabytes(freeBytes)} free on the store's disk`);
  return finding(
    "warning",
    `only ${megabytes(freeBytes)} free on the store's disk`,
    "free space, or keep less with kgroot cleanup --days N",
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`;
}
