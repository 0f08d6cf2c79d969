// `kgroot unmute`: takes a mute rule back.
import { Command } from "commander";
import { withAnswerer } from "../calls.ts";
import { CommandFailure } from "../exit-codes.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function unmuteCommand(terminal: Terminal): Command {
  const command = withReach(new Command("unmute").description("take a mute rule back").argument("<id>", "the rule's id (kgroot mutes)"));
  withExamples(command, [["kgroot unmute 5a1f…", ""]]);
  return command.action((id: string, options: OptionValues) => runUnmute(id, options, terminal));
}

async function runUnmute(id: string, options: OptionValues, terminal: Terminal): Promise<void> {
  const { removed } = await withAnswerer(options, terminal, ({ call }) => call("mutes/remove", { id }));
  if (!removed) throw new CommandFailure("there is no mute rule with this id", { hint: "kgroot mutes lists them" });
  print(terminal, options, { removed }, () => ["unmuted"]);
}
