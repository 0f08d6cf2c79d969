// `kgroot analyze`: what is wrong in a dump, without a server and without a cluster.
import { existsSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { wireTimelineEntry } from "../../api/to-wire/episode.ts";
import { wireIncident } from "../../api/to-wire/incident.ts";
import { type Analysis, analyze } from "../../app.ts";
import type { IncidentId } from "../../domain/identity.ts";
import { createLogger } from "../../platform/logger.ts";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import { configFrom, type OptionValues, withExamples, withSettings } from "../options.ts";
import { styleOf } from "../print.ts";
import { startProgress } from "../progress.ts";
import { type AnalysisNotes, analysisMarkdown, analysisText, problems } from "../show/analysis.ts";
import { safeJson } from "../show/clean-text.ts";
import { byUrgency } from "../show/incident-list.ts";
import { paintFor, type Terminal } from "../terminal.ts";

const FORMATS = ["text", "json", "markdown"] as const;

/** The command; `exit` is told 2 when incidents were found. */
export function analyzeCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const command = new Command("analyze")
    .description("say what is wrong in what kubectl, a must-gather or a recording wrote down; no server, no cluster")
    .argument(
      "<path...>",
      "files and folders: kubectl get -o json|yaml, events, describe, logs, cluster-info dump, must-gather, Alertmanager JSON, recordings; also .gz, .tar, .tar.gz",
    )
    .addOption(new Option("-f, --format <form>", "how to print the diagnosis").choices(FORMATS).default("text"))
    .addOption(new Option("-o, --output <file>", "write it to this file instead"))
    .option("--full", "leave nothing out: every incident, all evidence, all hypotheses");
  withSettings(
    command,
    ({ path }) => path === "cluster" || path.startsWith("reasoning.") || path.startsWith("logs."),
    ({ path }) => path === "cluster",
  );
  command.addHelpText(
    "after",
    "\nThe numbers of the reasoning are flags too, such as --reasoning-window-minutes 60: docs/settings.md lists them.",
  );
  withExamples(command, [
    ["kubectl cluster-info dump -A --output-directory=dump; kgroot analyze dump", ""],
    ["kubectl get all,events,cm -n shop -o yaml > shop.yaml; kgroot analyze shop.yaml", ""],
    ["kgroot analyze must-gather.tar.gz --format markdown --output ticket.md", ""],
  ]);
  return command.action(async (paths: string[], options: OptionValues) => exit(await runAnalyze(paths, options, terminal)));
}

async function runAnalyze(paths: readonly string[], options: OptionValues, terminal: Terminal): Promise<number> {
  const config = configFrom(options, terminal);
  for (const path of paths) if (!existsSync(path)) throw new CommandFailure(`there is no file or folder ${path}`);
  const progress = startProgress(terminal, "reading");
  const logger = createLogger({ level: "error", format: config.log.format, write: terminal.err });
  let files = 0;
  let found: Analysis;
  try {
    found = await analyze(config, paths, {
      logger,
      signal: terminal.signal,
      progress: (what) => {
        files += 1;
        progress.report(files, 0, what);
      },
    });
  } finally {
    progress.end();
  }
  const { incidents, counts, gaps } = found;
  // "Nothing wrong" about nothing would be a false all-clear.
  if (incidents.length === 0 && counts.resources === 0 && counts.dropped === 0) {
    throw new CommandFailure(`nothing was found to judge in ${paths.join(", ")}\n  ${problems({ gaps, ...counts }).join("\n  ")}`);
  }
  const answer = rendered(found, options, terminal);
  if (typeof options["output"] === "string") writeAnswer(options["output"], answer, terminal);
  else terminal.out(answer);
  return incidents.length > 0 ? EXIT.incidents : EXIT.ok;
}

function rendered({ incidents, timelines, gaps, counts }: Analysis, options: OptionValues, terminal: Terminal): string {
  const wire = incidents.map(wireIncident).sort(byUrgency);
  if (options["format"] === "json") return `${safeJson({ incidents: wire })}\n`;
  const timelineOf = (id: string) =>
    (timelines.get(id as IncidentId) ?? []).map(({ episode, subject }) => wireTimelineEntry(episode, subject));
  const notes: AnalysisNotes = { gaps, timelineOf, ...counts };
  const style = styleOf(terminal, options);
  // A file is no terminal, whatever this one is.
  const plain = typeof options["output"] === "string" ? { ...style, paint: paintFor(false, terminal.env) } : style;
  const lines = options["format"] === "markdown" ? analysisMarkdown(wire, notes, style.full) : analysisText(wire, notes, plain);
  return `${lines.join("\n")}\n`;
}

function writeAnswer(file: string, answer: string, terminal: Terminal): void {
  try {
    writeFileSync(file, answer);
  } catch (error) {
    throw new CommandFailure(`cannot write the answer: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  terminal.err(`written to ${file}\n`);
}
