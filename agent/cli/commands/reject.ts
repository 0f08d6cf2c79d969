// `kgroot reject`: a person's word on a root cause.
import { Command } from "commander";
import { type OptionValues, withExamples } from "../options.ts";
import { sendFeedback, withFeedbackOptions } from "../send-feedback.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function rejectCommand(terminal: Terminal): Command {
  const command = withFeedbackOptions(
    new Command("reject").description("say that an incident's root cause was wrong; similar incidents will tell"),
  );
  withExamples(command, [['kgroot reject 3f9c… --comment "it was the load balancer"', ""]]);
  return command.action((id: string, options: OptionValues) => sendFeedback(id, "rejected", options, terminal));
}
