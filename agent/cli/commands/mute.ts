// `kgroot mute`: incidents that need nobody.
import { Command, InvalidArgumentError, Option } from "commander";
import type { MuteRequest } from "../../protocol/graph.ts";
import { withAnswerer } from "../calls.ts";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import { clusterOf, type OptionValues, withCluster, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { muteText } from "../show/mutes-text.ts";
import type { Terminal } from "../terminal.ts";

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The command. */
export function muteCommand(terminal: Terminal): Command {
  const command = new Command("mute")
    .description("mute incidents whose root cause matches everything that is given")
    .option("--kind <kind>", "kind of the root cause's resource")
    .option("-n, --namespace <name>", "its namespace")
    .option("--name <name>", "its name")
    .option("--reason <reason>", "reason of the root cause, such as OOMKilled")
    .addOption(new Option("--for <span>", "how long: 30m, 12h, 7d (default: until unmuted)").argParser(spanMs))
    .requiredOption("-m, --comment <text>", "why; whoever finds the rule will ask");
  withReach(withCluster(command));
  withExamples(command, [
    ['kgroot mute --namespace sandbox --comment "nobody is on call for it"', ""],
    ['kgroot mute --kind Node --name worker-3 --for 12h --comment "disk is being replaced"', ""],
  ]);
  return command.action((options: OptionValues) => runMute(options, terminal));
}

async function runMute(options: OptionValues, terminal: Terminal): Promise<void> {
  const rule: MuteRequest = { comment: String(options["comment"]), ...clusterOf(options) };
  for (const key of ["kind", "namespace", "name", "reason"] as const) {
    const value = options[key];
    if (typeof value === "string") rule[key] = value;
  }
  if ([rule.kind, rule.namespace, rule.name, rule.reason].every((word) => word === undefined)) {
    throw new CommandFailure("say what to mute with --kind, --namespace, --name or --reason: a rule without any would mute everything", {
      exitCode: EXIT.usage,
    });
  }
  if (typeof options["for"] === "number") rule.until = new Date(terminal.nowMs() + options["for"]).toISOString();
  const mute = await withAnswerer(options, terminal, ({ call }) => call("mutes/add", rule));
  print(terminal, options, mute, () => [`muted: ${muteText(mute)}`, `kgroot unmute ${mute.id} takes it back`]);
}

function spanMs(word: string): number {
  const span = /^(\d{1,5})([mhd])$/.exec(word);
  const unitMs = span?.[2] ? UNIT_MS[span[2]] : undefined;
  if (span && unitMs && Number(span[1]) > 0) return Number(span[1]) * unitMs;
  throw new InvalidArgumentError("It must be a span such as 30m, 12h or 7d.");
}
