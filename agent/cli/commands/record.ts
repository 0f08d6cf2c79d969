// `kgroot record`: writes what the agent would see of a cluster to a file, to be replayed later or elsewhere.
import { Command, InvalidArgumentError, Option } from "commander";
import { recordClusters } from "../../app/record-clusters.ts";
import { createLogger } from "../../platform/logger.ts";
import { clusterSettings, withClusters } from "../cluster-options.ts";
import { CommandFailure } from "../exit-codes.ts";
import { configFrom, type OptionValues, withExamples, withSettings } from "../options.ts";
import { startProgress } from "../progress.ts";
import { cleanText } from "../show/clean-text.ts";
import { counted } from "../show/words.ts";
import { untilAborted } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

/** How often the count is drawn, and a full disk noticed. */
const LOOK_MS = 500;

/** Timers take no more. */
const MINUTES_MAX = 35_000;

/** The command. */
export function recordCommand(terminal: Terminal): Command {
  const command = new Command("record")
    .description("write what the agent sees of a cluster to a file (JSON lines, gzipped, secrets redacted), until Ctrl-C")
    .requiredOption("-o, --output <file>", "the recording to write; an existing file is replaced")
    .addOption(new Option("--minutes <number>", "end after so many minutes").argParser(minutesOf));
  withClusters(command);
  withSettings(command, ({ path }) => path === "cluster" || path.startsWith("kubernetes.") || path.startsWith("log."));
  withExamples(command, [
    ["kgroot record -o incident.jsonl.gz", "the kubeconfig's current cluster, until Ctrl-C"],
    ["kgroot record -o shop.jsonl.gz --context prod --minutes 30", "half an hour of one cluster"],
    ["kgroot replay incident.jsonl.gz --into store", "play it back"],
  ]);
  return command.action((options: OptionValues) => record(options, terminal));
}

async function record(options: OptionValues, terminal: Terminal): Promise<void> {
  const config = configFrom(clusterSettings(options), terminal);
  const file = String(options["output"]);
  const recording = await recordClusters(config, file, createLogger({ ...config.log, write: terminal.err })).catch((error: unknown) => {
    throw new CommandFailure(`cannot record: ${error instanceof Error ? error.message : error}`, { cause: error });
  });
  const progress = startProgress(terminal, "recording");
  const ends = new AbortController();
  const look = setInterval(() => {
    progress.report(recording.written().records, 0, "records");
    if (recording.fault()) ends.abort();
  }, LOOK_MS);
  const minutes = typeof options["minutes"] === "number" ? options["minutes"] : undefined;
  const timer = minutes === undefined ? undefined : setTimeout(() => ends.abort(), minutes * 60_000);
  try {
    await untilAborted(AbortSignal.any([terminal.signal, ends.signal]));
  } finally {
    clearInterval(look);
    clearTimeout(timer);
    progress.end();
  }
  const { records, bytes } = await recording.stop();
  const fault = recording.fault();
  if (fault) throw new CommandFailure(`the recording broke off after ${counted(records, "record")}: ${fault.message}`, { cause: fault });
  terminal.err(`${counted(records, "record")}, ${bytes} bytes, in ${cleanText(file)}\n`);
}

function minutesOf(word: string): number {
  const minutes = Number(word);
  if (word.trim() !== "" && minutes > 0 && minutes <= MINUTES_MAX) return minutes;
  throw new InvalidArgumentError(`It must be a number of minutes above 0, at most ${MINUTES_MAX}.`);
}
