// `npm run package`: builds, packs dist/kgroot.vsix, and looks into it: small enough, nothing native, no source maps, nothing missing.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageComplaints } from "./vsix.ts";

const ROOT = dirname(import.meta.dirname);
const VSIX = join(ROOT, "dist/kgroot.vsix");

/** Runs a command and shows what it says; its failure ends the script. */
function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? `exit code ${status}`}`);
}

run(process.execPath, ["scripts/build.ts"]);
const flags = ["--no-dependencies", "--no-rewrite-relative-links", "--allow-missing-repository", "--readme-path", "docs/vscode.md"];
run("vsce", ["package", ...flags, "--out", VSIX]);
const wanted: { readonly main: string; readonly icon: string } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const complaints = existsSync(VSIX) ? packageComplaints(readFileSync(VSIX), [wanted.main, wanted.icon]) : ["vsce wrote no package"];
if (complaints.length > 0) throw new Error(`the package is not fit to be shipped:\n  ${complaints.join("\n  ")}`);
console.log(`${VSIX.slice(ROOT.length + 1)}: ${(statSync(VSIX).size / 1_000_000).toFixed(2)} MB`);
