// `kgroot incident`: one incident, explained.
import { Command, Option } from "commander";
import { withAnswerer } from "../calls.ts";
import { clusterOf, type OptionValues, withCluster, withExamples, withReach } from "../options.ts";
import { print, printLines } from "../print.ts";
import { safeJson } from "../show/clean-text.ts";
import { incidentMarkdown } from "../show/incident-markdown.ts";
import { incidentText } from "../show/incident-text.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function incidentCommand(terminal: Terminal): Command {
  const command = new Command("incident")
    .description("explain one incident: root cause, evidence, impact, and what else was considered")
    .argument("<id>", "its id, also a former one")
    .addOption(new Option("-f, --format <form>", "how to print it").choices(["text", "json", "markdown"]))
    .option("--full", "leave nothing out");
  withReach(withCluster(command));
  withExamples(command, [
    ["kgroot incident 3f9c…", ""],
    ["kgroot incident 3f9c… --format markdown > ticket.md", ""],
  ]);
  return command.action((id: string, options: OptionValues) => runIncident(id, options, terminal));
}

async function runIncident(id: string, options: OptionValues, terminal: Terminal): Promise<void> {
  const { incident, timeline } = await withAnswerer(options, terminal, ({ call }) =>
    call("incidents/graph", { id, ...clusterOf(options) }),
  );
  if (options["format"] === "markdown") printLines(terminal, incidentMarkdown({ incident, timeline }, options["full"] === true));
  else if (options["format"] === "json") terminal.out(`${safeJson(incident)}\n`);
  else print(terminal, options, incident, (style) => incidentText({ incident, timeline }, style));
}
