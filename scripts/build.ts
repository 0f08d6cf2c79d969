// Builds what is shipped into dist/: the agent with its command line as one file, and the page; says how large each is.
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = dirname(import.meta.dirname);
const DIST = join(ROOT, "dist");

const VERSION: string = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;

const AGENT = join(ROOT, "agent/main.ts");

// Bundled CommonJS packages call require for Node's own modules, which ESM does not have.
const REQUIRE = 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);';

async function buildAgent(): Promise<string> {
  const outfile = join(DIST, "kgroot.mjs");
  const shebang = readFileSync(AGENT, "utf8").startsWith("#!") ? "" : "#!/usr/bin/env node\n"; // esbuild keeps the source's own
  await build({
    entryPoints: [AGENT],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22.22",
    format: "esm",
    banner: { js: `${shebang}${REQUIRE}` },
    define: { KGROOT_VERSION: JSON.stringify(VERSION) },
    sourcemap: "external",
    legalComments: "external",
    logLevel: "warning",
  });
  chmodSync(outfile, 0o755);
  return outfile;
}

async function buildPage(): Promise<string[]> {
  const outdir = join(DIST, "webview");
  await build({
    entryPoints: [join(ROOT, "webview/main.ts")],
    outdir,
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    minify: true,
    sourcemap: "external",
    legalComments: "external",
    logLevel: "warning",
  });
  const assets = globSync(["*.html", "*.css", "*.svg"], { cwd: join(ROOT, "webview") });
  for (const asset of assets) cpSync(join(ROOT, "webview", asset), join(outdir, basename(asset)));
  return [join(outdir, "main.js"), ...assets.map((asset) => join(outdir, basename(asset)))];
}

function report(files: readonly string[]): void {
  for (const file of files) {
    const bytes = statSync(file).size;
    console.log(`${file.slice(ROOT.length + 1).padEnd(28)} ${kilobytes(bytes)} (${kilobytes(zipped(file))} gzipped)`);
  }
}

function zipped(file: string): number {
  return gzipSync(readFileSync(file)).length;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} kB`;
}

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
report([await buildAgent(), ...(await buildPage())]);
