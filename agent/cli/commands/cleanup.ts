// `kgroot cleanup`: removes what is older than the retention.
import { Command, Option } from "commander";
import { withAnswerer } from "../calls.ts";
import { numberBetween, type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { withProgress } from "../progress.ts";
import { counted, localTime } from "../show/words.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function cleanupCommand(terminal: Terminal): Command {
  const command = new Command("cleanup")
    .description("remove events older than so many days, and what only they kept; live resources stay")
    .addOption(new Option("--days <days>", "older than this goes").default(7).argParser(numberBetween(0, 36_500, false)))
    .addOption(new Option("--batch <count>", "events removed in one transaction").default(1_000).argParser(numberBetween(1, 100_000)))
    .option("--dry-run", "only count what would go");
  withReach(command);
  withExamples(command, [
    ["kgroot cleanup --dry-run", "what would go"],
    ["kgroot cleanup --days 3", ""],
  ]);
  return command.action((options: OptionValues) => runCleanup(options, terminal));
}

async function runCleanup(options: OptionValues, terminal: Terminal): Promise<void> {
  const params = { days: Number(options["days"]), batch: Number(options["batch"]), dry_run: options["dryRun"] === true };
  const result = await withAnswerer(options, terminal, ({ call }) =>
    withProgress(terminal, "cleaning up", (report) => call("admin/cleanup", params, report)),
  );
  const { episodes, incidents, resources, relations, states } = result;
  print(terminal, options, result, () => [
    `${result.dry_run ? "would remove" : "removed"} what is older than ${localTime(result.older_than)}: ${counted(episodes, "event")}, ${counted(incidents, "incident")}, ${counted(resources, "ended resource")}, ${counted(relations, "closed edge")}, ${counted(states, "old state")}`,
  ]);
}
