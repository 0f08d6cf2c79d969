// `kgroot rca`: what can have caused one event.
import { Command, Option } from "commander";
import type { RcaRequest } from "../../protocol/graph.ts";
import { withAnswerer } from "../calls.ts";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import { clusterOf, numberBetween, type OptionValues, withCluster, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { rcaText } from "../show/rca-text.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function rcaCommand(terminal: Terminal): Command {
  const command = new Command("rca")
    .description("say what can have caused an event, or the worst latest event of a resource")
    .argument("[event]", "an event's id")
    .option("--uid <uid>", "a resource's uid instead")
    .addOption(new Option("--window <minutes>", "how far back causes may lie").default(15).argParser(numberBetween(0.1, 1_440, false)))
    .addOption(new Option("--hops <count>", "how far away causes may be").default(3).argParser(numberBetween(0, 5)))
    .addOption(new Option("--min-score <score>", "leave out links that score lower").default(0.4).argParser(numberBetween(0, 1, false)));
  withReach(withCluster(command));
  withExamples(command, [
    ["kgroot rca 7d3e…", ""],
    ["kgroot rca --uid 0b1c… --window 60", ""],
  ]);
  return command.action((event: string | undefined, options: OptionValues) => runRca(event, options, terminal));
}

async function runRca(event: string | undefined, options: OptionValues, terminal: Terminal): Promise<void> {
  const uid = typeof options["uid"] === "string" ? options["uid"] : undefined;
  if ((event === undefined) === (uid === undefined)) {
    throw new CommandFailure("say which one to explain: an event's id, or a resource with --uid", { exitCode: EXIT.usage });
  }
  const params: RcaRequest = {
    ...(event === undefined ? {} : { event_id: event }),
    ...(uid === undefined ? {} : { resource_uid: uid }),
    ...clusterOf(options),
    time_window_minutes: Number(options["window"]),
    max_hops: Number(options["hops"]),
    min_confidence: Number(options["minScore"]),
  };
  const answer = await withAnswerer(options, terminal, ({ call }) => call("rca", params));
  print(terminal, options, answer, (style) => rcaText(answer, style));
}
