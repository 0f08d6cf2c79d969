// Options that many commands share, and what they are read as.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { SETTINGS, type Setting } from "../config/setting-list.ts";
import { CommandFailure, EXIT } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** What commander hands to an action. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** Settings that decide which store and which agent are meant; --cluster means something else to a question. */
const REACH_SETTINGS = ["http.host", "http.port"];

/** `--output text|json`. */
export function withOutput(command: Command): Command {
  return command.addOption(new Option("-o, --output <form>", "how to print the answer").choices(["text", "json"]).default("text"));
}

/** `--config` and one flag for each setting that `wanted` lets through. */
export function withSettings(command: Command, wanted: (setting: Setting) => boolean = () => true, shown: typeof wanted = wanted): Command {
  const group = "Settings:";
  command.addOption(new Option("-c, --config <file>", "settings as YAML; also KGROOT_CONFIG").helpGroup(group));
  for (const setting of SETTINGS.filter(wanted)) {
    const { flag, path } = setting;
    const option = new Option(`${flag} <value>`, describe(setting)).helpGroup(group).hideHelp(!shown(setting));
    // The whole path is the name: commander's camel case would not lead back to it.
    option.attributeName = () => path;
    command.addOption(option);
  }
  return command;
}

/** Everything that asking an agent or the store takes. */
export function withReach(command: Command): Command {
  return withSettings(withReachOnly(withOutput(command)), ({ path }) => path.startsWith("store.") || REACH_SETTINGS.includes(path));
}

/** Where a running agent is, and what opens it. */
export function withReachOnly(command: Command): Command {
  const group = "Which agent:";
  command.addOption(new Option("--url <address>", "a running agent, http://host:8080; also KGROOT_URL").helpGroup(group));
  return command.addOption(
    new Option(
      "--token-file <file>",
      "a file that holds the agent's token; also KGROOT_TOKEN_FILE, or the token in KGROOT_TOKEN",
    ).helpGroup(group),
  );
}

/** `--cluster` of a question: an id may exist in several. */
export function withCluster(command: Command): Command {
  return command.option("--cluster <name>", "only this cluster (default: all)");
}

/** The cluster, when one was asked for by flag: a look-up without it covers all. */
export function clusterOf(options: OptionValues): { cluster?: string } {
  const cluster = options["cluster"];
  return typeof cluster === "string" ? { cluster } : {};
}

/** The settings in force for this command; wrong ones are named, one line each. */
export function configFrom(options: OptionValues, terminal: Terminal): Config {
  const flags = Object.fromEntries(SETTINGS.map(({ path }) => [path, options[path]]));
  const file = typeof options["config"] === "string" ? options["config"] : undefined;
  const loaded = loadConfig({ file, env: terminal.env, flags });
  if (loaded.ok) return loaded.value;
  throw new CommandFailure(`the settings are wrong:\n  ${loaded.reason.replaceAll("\n", "\n  ")}`, {
    exitCode: EXIT.usage,
    hint: "docs/settings.md explains each; kgroot config prints what is in force",
  });
}

/** Reads a number between two bounds, for commander. */
export function numberBetween(min: number, max: number, whole = true): (word: string) => number {
  return (word) => {
    const value = Number(word);
    if (word.trim() !== "" && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`It must be a ${whole ? "whole " : ""}number from ${min} to ${max}.`);
  };
}

/** Examples under a command's help. */
export function withExamples(command: Command, examples: readonly (readonly [line: string, what: string])[]): Command {
  const wide = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(wide)}  ${what}`.trimEnd());
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

function describe({ schema, description, expected }: Setting): string {
  const fallback = schema.default === undefined || typeof schema.default === "object" ? "" : ` (default ${JSON.stringify(schema.default)})`;
  const bounds = expected === "a text" ? "" : ` ${upperFirst(expected)}`;
  return `${description.replaceAll("`", "")}${bounds}${fallback}`;
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
