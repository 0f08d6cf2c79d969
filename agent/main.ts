#!/usr/bin/env -S node --max-semi-space-size=8
// Where the program starts: arguments, the terminal, signals, and the exit code.
import { runCommandLine } from "./cli/program.ts";
import { paintFor, type Terminal, widthFor } from "./cli/terminal.ts";

const stop = new AbortController();

/** The first signal asks the command to end; the second ends it. */
function onSignal(signal: NodeJS.Signals): void {
  if (stop.signal.aborted) process.exit(130);
  stop.abort(new DOMException(`stopped by ${signal}`, "AbortError"));
}

/** A fault that nobody caught: said in one line, and the end. */
function onFault(error: unknown): void {
  process.stderr.write(
    `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nThis is a fault of kgroot: please report it.\n`,
  );
  process.exit(1);
}

/** `kgroot … | head` closes the pipe early: that is no fault, there is only nobody left to tell. */
function onClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  onFault(error);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
process.on("unhandledRejection", onFault);
process.on("uncaughtException", onFault);
for (const stream of [process.stdout, process.stderr]) stream.on("error", onClosedPipe);

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  width: widthFor(process.stdout.isTTY ? process.stdout.columns : undefined),
  paint: paintFor(process.stdout.isTTY === true, process.env),
  progress: process.stderr.isTTY ? process.stderr : undefined,
  interactive: process.stdout.isTTY === true && process.stdin.isTTY === true,
  signal: stop.signal,
  nowMs: Date.now,
};

const code = await runCommandLine(process.argv.slice(2), terminal);
// Pipes may still hold what was written; only then is it over.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
