// Files that come with the program, found from the sources and from the bundle in dist/ alike.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

// From agent/cli/ the project lies two folders up, from dist/ one.
const LEVELS_MAX = 3;

/** The recording that the demo plays; undefined when the installation lacks it. */
export function demoRecording(): string | undefined {
  return packaged("samples/bad-rollout.jsonl.gz");
}

/** The folder of the built page; undefined when it was not built. */
export function pageFolder(): string | undefined {
  const index = packaged("dist/webview/index.html") ?? packaged("webview/index.html", import.meta.dirname, 1);
  return index && existsSync(join(dirname(index), "main.js")) ? dirname(index) : undefined;
}

function packaged(file: string, from = import.meta.dirname, levels = LEVELS_MAX): string | undefined {
  let folder = from;
  for (let level = 0; level < levels; level += 1) {
    const path = join(folder, file);
    if (existsSync(path)) return path;
    folder = dirname(folder);
  }
  return undefined;
}
