// What `confirm` and `reject` share: a person's word on a root cause, sent and acknowledged.
import type { Command } from "commander";
import type { FeedbackRequest } from "../protocol/graph.ts";
import { withAnswerer } from "./calls.ts";
import { clusterOf, type OptionValues, withCluster, withReach } from "./options.ts";
import { print } from "./print.ts";
import type { Terminal } from "./terminal.ts";

/** Which incident, which of its causes, and why. */
export function withFeedbackOptions(command: Command): Command {
  command
    .argument("<incident>", "the incident's id")
    .option("--rid <rid>", "the candidate that is meant (default: the root cause that is named)")
    .option("-m, --comment <text>", "what it really was, what helped");
  return withReach(withCluster(command));
}

/** Sends it. */
export async function sendFeedback(
  incident: string,
  verdict: FeedbackRequest["verdict"],
  options: OptionValues,
  terminal: Terminal,
): Promise<void> {
  const { rid, comment } = options;
  const request: FeedbackRequest = {
    incident,
    verdict,
    ...clusterOf(options),
    ...(typeof rid === "string" ? { rid } : {}),
    ...(typeof comment === "string" ? { comment } : {}),
  };
  const answer = await withAnswerer(options, terminal, ({ call }) => call("feedback", request));
  print(terminal, options, answer, () => [`noted: the root cause was ${verdict}`]);
}
