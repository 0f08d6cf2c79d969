// `kgroot config`: the settings in force, secrets masked.
import { Command } from "commander";
import { maskedConfig } from "../../config/config.ts";
import { SETTINGS } from "../../config/setting-list.ts";
import { withAnswerer } from "../calls.ts";
import { configFrom, type OptionValues, withExamples, withOutput, withReachOnly, withSettings } from "../options.ts";
import { print } from "../print.ts";
import { cleanText } from "../show/clean-text.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function configCommand(terminal: Terminal): Command {
  const command = new Command("config").description(
    "print the settings that a command started like this would use; with --url, those of a running agent",
  );
  withSettings(withReachOnly(withOutput(command)));
  withExamples(command, [
    ["kgroot config", ""],
    ["kgroot config --config /etc/kgroot.yaml --output json", "is the file right, and what does it come to?"],
    ["kgroot config --url http://127.0.0.1:8080", "what that agent uses"],
  ]);
  return command.action((options: OptionValues) => runConfig(options, terminal));
}

async function runConfig(options: OptionValues, terminal: Terminal): Promise<void> {
  const isRemote = options["url"] !== undefined || Boolean(terminal.env["KGROOT_URL"]);
  const config = isRemote
    ? (await withAnswerer(options, terminal, ({ call }) => call("config", {}))).config
    : maskedConfig(configFrom(options, terminal));
  print(terminal, options, config, ({ paint }) =>
    SETTINGS.flatMap(({ path }) => {
      const value = valueAt(config, path.split("."));
      return value === undefined ? [] : [`${paint.label(path)}: ${cleanText(JSON.stringify(value))}`];
    }),
  );
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  const child = typeof value === "object" && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
  return child === undefined ? undefined : valueAt(child, rest);
}
