// `kgroot stats`: how much is known.
import { Command } from "commander";
import { withAnswerer } from "../calls.ts";
import { clusterOf, type OptionValues, withCluster, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { cleanText } from "../show/clean-text.ts";
import { localTime } from "../show/words.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function statsCommand(terminal: Terminal): Command {
  const command = withReach(withCluster(new Command("stats").description("count what the store holds")));
  withExamples(command, [["kgroot stats --cluster prod --output json", ""]]);
  return command.action((options: OptionValues) => runStats(options, terminal));
}

async function runStats(options: OptionValues, terminal: Terminal): Promise<void> {
  const stats = await withAnswerer(options, terminal, ({ call }) => call("graph/stats", clusterOf(options)));
  print(terminal, options, stats, ({ paint }) => [
    `${paint.label("resources")}  ${stats.resources}${breakdown(stats.resources_by_kind)}`,
    `${paint.label("edges    ")}  ${stats.edges}${breakdown(stats.edges_by_type)}`,
    `${paint.label("events   ")}  ${stats.episodic_events}${breakdown(stats.events_by_severity)}`,
    `${paint.label("incidents")}  ${stats.incidents}`,
    ...(stats.oldest_event && stats.newest_event
      ? [`${paint.label("from     ")}  ${localTime(stats.oldest_event)} to ${localTime(stats.newest_event)}`]
      : []),
  ]);
}

/** ` (12 Pod, 3 Service)`, the most first. */
function breakdown(counts: Readonly<Record<string, number>>): string {
  const known = Object.entries(counts).filter(([, count]) => count > 0);
  if (known.length === 0) return "";
  const parts = known.sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${cleanText(name)}`);
  return ` (${parts.slice(0, 12).join(", ")}${parts.length > 12 ? ", …" : ""})`;
}
