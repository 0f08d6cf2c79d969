// `kgroot confirm`: a person's word on a root cause.
import { Command } from "commander";
import { type OptionValues, withExamples } from "../options.ts";
import { sendFeedback, withFeedbackOptions } from "../send-feedback.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function confirmCommand(terminal: Terminal): Command {
  const command = withFeedbackOptions(
    new Command("confirm").description("say that an incident's root cause was right; similar incidents will tell"),
  );
  withExamples(command, [['kgroot confirm 3f9c… --comment "rolled back, gone"', ""]]);
  return command.action((id: string, options: OptionValues) => sendFeedback(id, "confirmed", options, terminal));
}
