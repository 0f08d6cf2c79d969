// `kgroot acknowledge`: somebody looks after an incident, or no longer does.
import { Command } from "commander";
import { withAnswerer } from "../calls.ts";
import { clusterOf, type OptionValues, withCluster, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { cleanText } from "../show/clean-text.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function acknowledgeCommand(terminal: Terminal): Command {
  const command = new Command("acknowledge")
    .description("say that somebody looks after an open incident, so that others see it")
    .argument("<incident>", "the incident's id")
    .option("--undo", "nobody looks after it any more");
  withReach(withCluster(command));
  withExamples(command, [
    ["kgroot acknowledge 3f9c…", ""],
    ["kgroot acknowledge 3f9c… --undo", ""],
  ]);
  return command.action((id: string, options: OptionValues) => runAcknowledge(id, options, terminal));
}

async function runAcknowledge(id: string, options: OptionValues, terminal: Terminal): Promise<void> {
  const acknowledged = options["undo"] !== true;
  const incident = await withAnswerer(options, terminal, ({ call }) =>
    call("incidents/acknowledge", { id, acknowledged, ...clusterOf(options) }),
  );
  print(terminal, options, incident, () => [`${acknowledged ? "acknowledged" : "no longer acknowledged"}: ${cleanText(incident.title)}`]);
}
