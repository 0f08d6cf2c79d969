// `kgroot backup`: a consistent copy of the store, made while it is in use.
import { resolve } from "node:path";
import { Command } from "commander";
import { withAnswerer } from "../calls.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { withProgress } from "../progress.ts";
import { counted, localTime } from "../show/words.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function backupCommand(terminal: Terminal): Command {
  const command = new Command("backup")
    .description("write a consistent copy of the store (JSON lines, gzip), also while the agent runs")
    .argument("<file>", "where to; a running agent writes it on its own machine");
  withReach(command);
  withExamples(command, [["kgroot backup kgroot-2026-01-31.jsonl.gz", ""]]);
  return command.action((file: string, options: OptionValues) => runBackup(file, options, terminal));
}

async function runBackup(file: string, options: OptionValues, terminal: Terminal): Promise<void> {
  const result = await withAnswerer(options, terminal, ({ call }) =>
    withProgress(terminal, "backing up", (report) => call("admin/backup", { file: resolve(file) }, report)),
  );
  print(terminal, options, result, () => [`${counted(result.rows, "row")} written to ${result.file}, as of ${localTime(result.as_of)}`]);
}
