// `kgroot incidents`: the list.
import { Command, Option } from "commander";
import type { IncidentsParams } from "../../protocol/rpc.ts";
import { withAnswerer } from "../calls.ts";
import { numberBetween, type OptionValues, withCluster, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { incidentList } from "../show/incident-list.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function incidentsCommand(terminal: Terminal): Command {
  const command = new Command("incidents")
    .description("list incidents, last seen first")
    .addOption(new Option("--state <state>", "only these").choices(["open", "resolved"]))
    .option("-n, --namespace <name>", "only those that touch this namespace")
    .option("--severity <word>", "only INFO, WARNING, ERROR or FATAL")
    .option("--since <when>", "last seen at or after: 90m, 24h, 7d, or 2026-01-31T08:00:00Z")
    .addOption(new Option("--limit <count>", "at most so many").default(50).argParser(numberBetween(1, 500)))
    .option("--cursor <cursor>", "go on after a page: its next_cursor")
    .option("--muted", "also those that are muted");
  withReach(withCluster(command));
  withExamples(command, [
    ["kgroot incidents --state open", ""],
    ["kgroot incidents --namespace shop --since 24h --output json", ""],
  ]);
  return command.action((options: OptionValues) => runIncidents(options, terminal));
}

async function runIncidents(options: OptionValues, terminal: Terminal): Promise<void> {
  const page = await withAnswerer(options, terminal, ({ call }) => call("incidents/list", paramsOf(options)));
  print(terminal, options, page, (style) => {
    if (page.incidents.length === 0) return [style.paint.good("No incidents.")];
    const more = page.next_cursor === undefined ? [] : ["", `more: --cursor ${page.next_cursor}`];
    return [...incidentList(page.incidents, style), ...more];
  });
}

function paramsOf(options: OptionValues): IncidentsParams {
  const params: IncidentsParams = { limit: Number(options["limit"]) };
  for (const key of ["cluster", "namespace", "severity", "since", "cursor"] as const) {
    const value = options[key];
    if (typeof value === "string") params[key] = value;
  }
  if (options["state"] === "open" || options["state"] === "resolved") params.state = options["state"];
  if (options["muted"] === true) params.include_muted = true;
  return params;
}
