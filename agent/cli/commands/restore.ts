// `kgroot restore`: a backup back into the store.
import { resolve } from "node:path";
import { Command } from "commander";
import { withAnswerer } from "../calls.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { withProgress } from "../progress.ts";
import { counted } from "../show/words.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function restoreCommand(terminal: Terminal): Command {
  const command = new Command("restore")
    .description("read a backup into the store, which must be empty")
    .argument("<file>", "what kgroot backup wrote; a running agent reads it on its own machine")
    .option("--replace", "replace what the store holds");
  withReach(command);
  withExamples(command, [
    ["kgroot restore kgroot-2026-01-31.jsonl.gz", "into an empty store"],
    ["kgroot restore kgroot-2026-01-31.jsonl.gz --replace", "over what is there"],
  ]);
  return command.action((file: string, options: OptionValues) => runRestore(file, options, terminal));
}

async function runRestore(file: string, options: OptionValues, terminal: Terminal): Promise<void> {
  const params = { file: resolve(file), replace: options["replace"] === true };
  const result = await withAnswerer(
    options,
    terminal,
    ({ call }) => withProgress(terminal, "restoring", (report) => call("admin/restore", params, report)),
    { mayCreate: true },
  );
  print(terminal, options, result, () => [`${counted(result.rows, "row")} restored`]);
}
