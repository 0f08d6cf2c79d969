// `kgroot demo`: a recorded failure, from an empty store to the diagnosis, and the page to look at it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "node:process";
import { Command, Option } from "commander";
import { createInvoke, type Invoke } from "../../api/calls/invoke.ts";
import type { App } from "../../app.ts";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { createLogger } from "../../platform/logger.ts";
import type { WireIncident } from "../../protocol/incident.ts";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import { numberBetween, type OptionValues, withExamples } from "../options.ts";
import { demoRecording } from "../package-files.ts";
import { printLines, styleOf } from "../print.ts";
import { withProgress } from "../progress.ts";
import { byUrgency, incidentOverview } from "../show/incident-list.ts";
import { incidentText } from "../show/incident-text.ts";
import { untilAborted } from "../signals.ts";
import type { Terminal } from "../terminal.ts";
import { startListening } from "./agent.ts";

/** The command; `exit` is told 1 when no root cause was found. */
export function demoCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const command = new Command("demo")
    .description("replay a recorded failure, print the diagnosis, and show the page until Ctrl-C")
    .option("--once", "end after the diagnosis: exit code 0 if an incident with a root cause was found, else 1")
    .addOption(new Option("--port <port>", "port of the page; 0 takes a free one").default(0).argParser(numberBetween(0, 65_535)))
    .option("--no-open", "do not open the page in a browser");
  withExamples(command, [
    ["kgroot demo", ""],
    ["kgroot demo --once", "for a script"],
  ]);
  return command.action(async (options: OptionValues) => exit(await runDemo(options, terminal)));
}

async function runDemo(options: OptionValues, terminal: Terminal): Promise<number> {
  const recording = demoRecording();
  if (recording === undefined)
    throw new CommandFailure("the demo's recording (samples/bad-rollout.jsonl.gz) is missing from this installation");
  const folder = mkdtempSync(join(tmpdir(), "kgroot-demo-"));
  try {
    const config = demoConfig(folder, Number(options["port"]));
    const app = await startListening(config, terminal, createLogger({ level: "error", format: "pretty", write: terminal.err }));
    try {
      return await showDemo(app, recording, options, terminal);
    } finally {
      await app.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The user's own settings and store have no part in it. */
function demoConfig(folder: string, port: number): Config {
  const flags = {
    cluster: "demo",
    "store.kind": "sqlite",
    "store.path": join(folder, "demo.db"),
    "http.port": port,
    "metrics.enabled": false,
  };
  const loaded = loadConfig({ env: {}, flags });
  if (!loaded.ok) throw new Error(loaded.reason);
  return loaded.value;
}

async function showDemo(app: App, recording: string, options: OptionValues, terminal: Terminal): Promise<number> {
  const { services, url = "" } = app;
  terminal.err("Replaying a recording of a cluster into an empty store…\n");
  await withProgress(terminal, "replaying", (progress) =>
    services.replay({ file: recording, speed: 0, signal: terminal.signal, progress }),
  );
  const invoke = createInvoke({ services, nowMs: terminal.nowMs, filesDir: undefined });
  const isFound = await showIncidents(invoke, terminal);
  if (options["once"] === true) return isFound ? EXIT.ok : EXIT.failed;
  const { paint } = terminal;
  printLines(terminal, ["", `The page: ${paint.command(url)}`, paint.faint("Ctrl-C ends the demo and removes its store.")]);
  if (options["open"] === true && terminal.interactive) openBrowser(url);
  await untilAborted(terminal.signal);
  return isFound ? EXIT.ok : EXIT.failed;
}

async function showIncidents(invoke: Invoke, terminal: Terminal): Promise<boolean> {
  const caller = { role: "admin", signal: terminal.signal, progress: () => undefined } as const;
  const { incidents } = await invoke("incidents/list", { limit: 100 }, caller);
  const [first, ...others] = [...incidents].sort(byUrgency).sort(namedFirst);
  const style = styleOf(terminal, {});
  if (!first) {
    printLines(terminal, ["Nothing wrong was found in the recording: this is a fault of kgroot, please report it."]);
    return false;
  }
  const { incident, timeline } = await invoke("incidents/graph", { id: first.id }, caller);
  printLines(terminal, ["", ...incidentText({ incident, timeline }, style)]);
  if (others.length > 0) printLines(terminal, ["", terminal.paint.label("Other incidents"), ...incidentOverview(others, style)]);
  return incident.root_cause !== null;
}

function namedFirst(a: WireIncident, b: WireIncident): number {
  return Number(b.root_cause !== null) - Number(a.root_cause !== null);
}

/** Best effort: the address is printed too. */
function openBrowser(url: string): void {
  const [command, args] =
    platform === "darwin" ? ["open", [url]] : platform === "win32" ? ["cmd", ["/c", "start", "", url]] : ["xdg-open", [url]];
  const child = spawn(command as string, args as string[], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
