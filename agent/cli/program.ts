// The command line as a whole: every sub-command, and what an ending means.
import { Command, CommanderError } from "commander";
import { VERSION } from "../platform/version.ts";
import { acknowledgeCommand } from "./commands/acknowledge.ts";
import { agentCommand } from "./commands/agent.ts";
import { analyzeCommand } from "./commands/analyze.ts";
import { backupCommand } from "./commands/backup.ts";
import { cleanupCommand } from "./commands/cleanup.ts";
import { configCommand } from "./commands/config.ts";
import { confirmCommand } from "./commands/confirm.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { incidentCommand } from "./commands/incident.ts";
import { incidentsCommand } from "./commands/incidents.ts";
import { indexesCommand } from "./commands/indexes.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { muteCommand } from "./commands/mute.ts";
import { mutesCommand } from "./commands/mutes.ts";
import { rcaCommand } from "./commands/rca.ts";
import { recordCommand } from "./commands/record.ts";
import { rejectCommand } from "./commands/reject.ts";
import { replayCommand } from "./commands/replay.ts";
import { restoreCommand } from "./commands/restore.ts";
import { statsCommand } from "./commands/stats.ts";
import { supportBundleCommand } from "./commands/support-bundle.ts";
import { unmuteCommand } from "./commands/unmute.ts";
import { versionCommand } from "./commands/version.ts";
import { CommandFailure, EXIT, EXIT_HELP } from "./exit-codes.ts";
import { withExamples } from "./options.ts";
import { cleanText } from "./show/clean-text.ts";
import type { Terminal } from "./terminal.ts";

/** Runs one command line (without `node` and the script) and gives its exit code. Never throws. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.ok;
  const program = buildProgram(terminal, (found) => {
    code = found;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return tellFailure(error, terminal);
  }
}

/** Every command; `exit` is told the code of those that end in more than one way. */
export function buildProgram(terminal: Terminal, exit: (code: number) => void): Command {
  const program = new Command("kgroot")
    .description("Finds the root cause when something breaks in Kubernetes, and shows the evidence.")
    .version(VERSION, "-V, --version", "print the version")
    .showHelpAfterError("(--help shows how it is used)");
  program.commandsGroup("Look:");
  program.addCommand(analyzeCommand(terminal, exit)).addCommand(demoCommand(terminal, exit));
  for (const make of [incidentsCommand, incidentCommand, rcaCommand, statsCommand]) program.addCommand(make(terminal));
  program.commandsGroup("Say:");
  for (const make of [muteCommand, unmuteCommand, mutesCommand, confirmCommand, rejectCommand, acknowledgeCommand])
    program.addCommand(make(terminal));
  program.commandsGroup("Run:");
  for (const make of [agentCommand, mcpCommand, recordCommand, replayCommand]) program.addCommand(make(terminal));
  program.addCommand(doctorCommand(terminal, exit));
  for (const make of [configCommand, cleanupCommand, indexesCommand, backupCommand, restoreCommand, supportBundleCommand, versionCommand])
    program.addCommand(make(terminal));
  withExamples(program, [
    ["kgroot demo", "a recorded failure, diagnosed"],
    ["kgroot analyze dump/", "what is wrong in what kubectl wrote down"],
    ["kgroot agent", "then: kgroot incidents, kgroot incident ID"],
  ]);
  program.addHelpText("after", `\n${EXIT_HELP}`);
  for (const command of [program, ...program.commands]) settle(command, terminal);
  return program;
}

function settle(command: Command, terminal: Terminal): void {
  command.exitOverride();
  command.configureHelp({ helpWidth: terminal.width, showGlobalOptions: false });
  command.configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  command.showHelpAfterError("(--help shows how it is used)");
}

/** Says what went wrong and what to do, once, in words. */
function tellFailure(error: unknown, terminal: Terminal): number {
  const { paint, err } = terminal;
  // Help and version end this way too, with 0; what was wrong has been printed already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (terminal.signal.aborted) {
    err("cancelled\n");
    return EXIT.cancelled;
  }
  if (error instanceof CommandFailure) {
    err(`${paint.bad("error")}: ${linesOf(error.message)}\n${error.hint === undefined ? "" : `  ${linesOf(error.hint)}\n`}`);
    return error.exitCode;
  }
  const message = linesOf(error instanceof Error ? error.message : String(error));
  // Failures that are foreseen are thrown as Errors with a sentence; these are slips of the program itself.
  const isSlip = error instanceof TypeError || error instanceof ReferenceError;
  err(`${paint.bad("error")}: ${message}\n${isSlip ? "  this is a fault of kgroot: please report it; KGROOT_DEBUG=1 shows where\n" : ""}`);
  if (terminal.env["KGROOT_DEBUG"] && error instanceof Error) err(`${error.stack}\n`);
  return EXIT.failed;
}

/** A message of several lines stays so; each is cleaned of what terminals obey. */
function linesOf(text: string): string {
  return text
    .split("\n")
    .map((line) => `${/^ */.exec(line)?.[0] ?? ""}${cleanText(line)}`)
    .join("\n");
}
