// `kgroot support-bundle`: what somebody who helps needs to know, in a file that can be read before it is sent.
import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { withAnswerer } from "../calls.ts";
import { CommandFailure } from "../exit-codes.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { cleanText } from "../show/clean-text.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function supportBundleCommand(terminal: Terminal): Command {
  const command = new Command("support-bundle")
    .description("write versions, counts, findings, settings and metrics to a file, without names, addresses and secrets")
    .argument("<file>", "where to; written on this machine");
  withReach(command);
  withExamples(command, [["kgroot support-bundle kgroot-support.json", "read it before you send it"]]);
  return command.action((file: string, options: OptionValues) => runSupportBundle(file, options, terminal));
}

async function runSupportBundle(file: string, options: OptionValues, terminal: Terminal): Promise<void> {
  const { bundle } = await withAnswerer(options, terminal, ({ call }) => call("support", {}));
  try {
    await writeFile(file, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new CommandFailure(`cannot write ${file}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  print(terminal, options, { file }, () => [`written to ${cleanText(file)}; read it before you send it`]);
}
