// `kgroot replay`: plays recordings into a running agent, or into the store.
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { withAnswerer } from "../calls.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { withProgress } from "../progress.ts";
import { cleanText } from "../show/clean-text.ts";
import { counted } from "../show/words.ts";
import type { Terminal } from "../terminal.ts";

const SPEED_MAX = 1_000_000;

/** The command. */
export function replayCommand(terminal: Terminal): Command {
  const command = new Command("replay")
    .description("play recordings (JSON lines of watch events and records, plain or .gz) through the pipeline")
    .argument("<file...>", "recordings, one after the other; a running agent reads them on its own machine")
    .addOption(new Option("--speed <speed>", "max, real (their own pace), or so many times as fast").default(0, "max").argParser(speedOf))
    .addOption(
      new Option("--into <where>", "agent: a running one; store: the store itself (default: an agent when one answers)").choices([
        "agent",
        "store",
      ]),
    );
  withReach(command);
  withExamples(command, [
    ["kgroot replay incident.jsonl.gz", "as fast as possible"],
    ["kgroot replay incident.jsonl --speed 60", "an hour in a minute"],
    ["kgroot replay incident.jsonl --into store --store-path /tmp/what-if.db", "beside whatever runs"],
  ]);
  return command.action((files: string[], options: OptionValues) => runReplay(files, options, terminal));
}

async function runReplay(files: readonly string[], options: OptionValues, terminal: Terminal): Promise<void> {
  const from = options["into"] === "agent" || options["into"] === "store" ? options["into"] : undefined;
  const speed = Number(options["speed"]);
  const total = { records: 0, applied: 0, dropped: 0, refused: 0 };
  const played = await withAnswerer(
    options,
    terminal,
    async (answerer) => {
      for (const file of files) {
        const counts = await withProgress(terminal, "replaying", (report) =>
          answerer.call("admin/replay", { file: resolve(file), speed }, report),
        );
        for (const key of ["records", "applied", "dropped", "refused"] as const) total[key] += counts[key];
      }
      const { incidents } = await answerer.call("incidents/list", { state: "open", limit: 500 });
      return { ...total, into: answerer.who, where: answerer.where, open_incidents: incidents.length };
    },
    { from, mayCreate: true },
  );
  print(terminal, options, played, ({ paint }) => [
    `${counted(total.records, "record")} replayed into the ${played.into} at ${cleanText(played.where)}: ${total.applied} applied, ${total.dropped} routine ones passed over, ${total.refused} refused`,
    `${counted(played.open_incidents, "open incident")}; ${paint.command("kgroot incidents")} lists them`,
  ]);
}

/** 0 is as fast as possible, as the API says it. */
function speedOf(word: string): number {
  if (word === "max") return 0;
  if (word === "real") return 1;
  const speed = Number(word);
  if (speed > 0 && speed <= SPEED_MAX) return speed;
  throw new InvalidArgumentError(`It must be max, real, or a number above 0 up to ${SPEED_MAX}.`);
}
