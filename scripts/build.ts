// Builds what is shipped into dist/: the agent with its command line as one file, the page, and the VS Code extension; says how large each is.
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";

const ROOT = dirname(import.meta.dirname);
const DIST = join(ROOT, "dist");

const VERSION: string = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;

const AGENT = join(ROOT, "agent/main.ts");

// Bundled CommonJS packages call require for Node's own modules, which ESM does not have.
const REQUIRE = 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);';

/** The store's writing thread, which the agent starts from a file beside its own. */
async function buildStoreWriter(): Promise<string> {
  const outfile = join(DIST, "store-writer.mjs");
  await build({
    entryPoints: [join(ROOT, "agent/store/sqlite/thread/writer.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22.22",
    format: "esm",
    minify: true,
    logLevel: "warning",
  });
  return outfile;
}

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
    plugins: [besideTheAgent],
    minify: true,
    keepNames: true, // errors and plug-ins are told by their names
    sourcemap: "external",
    legalComments: "external",
    logLevel: "warning",
  });
  chmodSync(outfile, 0o755);
  return outfile;
}

/** Packages that few installations need: each is a file of its own beside the agent, loaded on first use. */
const APART = ["neo4j-driver"];

/** Imports of what stands apart, as the agent's bundle spells them. */
const besideTheAgent: Plugin = {
  name: "beside the agent",
  setup(making) {
    making.onResolve({ filter: new RegExp(`^(?:${APART.join("|")})$`) }, ({ path }) => ({ path: `./${path}.mjs`, external: true }));
  },
};

async function buildApart(): Promise<string[]> {
  const files = APART.map((name) => join(DIST, `${name}.mjs`));
  for (const [index, name] of APART.entries()) {
    await build({
      stdin: { contents: `export { default } from "${name}";`, resolveDir: ROOT },
      outfile: files[index] ?? "",
      bundle: true,
      platform: "node",
      target: "node22.22",
      format: "esm",
      banner: { js: REQUIRE },
      minify: true,
      keepNames: true,
      legalComments: "external",
      logLevel: "warning",
    });
  }
  return files;
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

/** The extension, and the piece of it that is preloaded into the agent; both are loaded by `require`. */
async function buildExtension(): Promise<string[]> {
  const common = { bundle: true, platform: "node", target: "node22.22", format: "cjs", minify: true, logLevel: "warning" } as const;
  const extension = join(DIST, "extension.cjs");
  const keeper = join(DIST, "agent-keeper.cjs");
  await build({
    ...common,
    entryPoints: [join(ROOT, "extension/extension.ts")],
    outfile: extension,
    external: ["vscode"],
    sourcemap: "external",
  });
  await build({ ...common, entryPoints: [join(ROOT, "extension/session/agent-keeper.ts")], outfile: keeper });
  return [extension, keeper];
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
report([await buildAgent(), await buildStoreWriter(), ...(await buildApart()), ...(await buildPage()), ...(await buildExtension())]);
