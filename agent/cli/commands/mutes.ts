// `kgroot mutes`: the mute rules.
import { Command } from "commander";
import { withAnswerer } from "../calls.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { hanging, wrap } from "../show/layout.ts";
import { muteText } from "../show/mutes-text.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function mutesCommand(terminal: Terminal): Command {
  const command = withReach(new Command("mutes").description("list the mute rules"));
  withExamples(command, [["kgroot mutes --output json", ""]]);
  return command.action((options: OptionValues) => runMutes(options, terminal));
}

async function runMutes(options: OptionValues, terminal: Terminal): Promise<void> {
  const answer = await withAnswerer(options, terminal, ({ call }) => call("mutes/list", {}));
  print(terminal, options, answer, ({ width }) =>
    answer.mutes.length === 0 ? ["Nothing is muted."] : answer.mutes.flatMap((mute) => wrap(muteText(mute), width, hanging(0, mute.id))),
  );
}
