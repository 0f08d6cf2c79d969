// The version of the running program: esbuild puts package.json's in; from sources it is read there.
import { readFileSync } from "node:fs";

declare const KGROOT_VERSION: string | undefined;

/** The version of package.json. */
export const VERSION: string = typeof KGROOT_VERSION === "string" ? KGROOT_VERSION : versionOfSources();

function versionOfSources(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}
