// `kgroot doctor`: the health check, each finding with what to do.
import { Command } from "commander";
import { storeFinding } from "../../operations/doctor.ts";
import type { DoctorFinding } from "../../protocol/rpc.ts";
import { StoreFault } from "../../store/port.ts";
import { withAnswerer } from "../calls.ts";
import { EXIT } from "../exit-codes.ts";
import { type OptionValues, withExamples, withReach } from "../options.ts";
import { print } from "../print.ts";
import { cleanText } from "../show/clean-text.ts";
import type { TextStyle } from "../show/incident-text.ts";
import { gap, indented, wrap } from "../show/layout.ts";
import { counted } from "../show/words.ts";
import type { Terminal } from "../terminal.ts";

/** The command; `exit` is told 1 when something is broken. */
export function doctorCommand(terminal: Terminal, exit: (code: number) => void): Command {
  const command = withReach(new Command("doctor").description("check the health of store, sources, clock, disk, versions and settings"));
  withExamples(command, [
    ["kgroot doctor", ""],
    ["kgroot doctor --output json", "for a script; exit code 1 when something is broken"],
  ]);
  return command.action(async (options: OptionValues) => exit(await runDoctor(options, terminal)));
}

async function runDoctor(options: OptionValues, terminal: Terminal): Promise<number> {
  const { findings, from } = await examined(options, terminal);
  const errors = findings.filter(({ status }) => status === "error").length;
  const warnings = findings.filter(({ status }) => status === "warning").length;
  print(terminal, options, { findings }, (style) => [
    style.paint.faint(`checked: ${cleanText(from)}`),
    ...findings.flatMap((finding) => findingLines(finding, style)),
    "",
    summary(errors, warnings, style),
  ]);
  return errors > 0 ? EXIT.failed : EXIT.ok;
}

async function examined(options: OptionValues, terminal: Terminal): Promise<{ findings: readonly DoctorFinding[]; from: string }> {
  try {
    return await withAnswerer(options, terminal, async (answerer) => ({
      ...(await answerer.call("doctor", {})),
      from: answerer.who === "agent" ? `the agent at ${answerer.where}` : `no agent runs; the store at ${answerer.where}`,
    }));
  } catch (error) {
    // A store that cannot even be opened is what a health check is asked for.
    if (error instanceof StoreFault) return { findings: [storeFinding(error)], from: "no agent runs; the store could not be opened" };
    throw error;
  }
}

const WORD_WIDTH = 9;

function findingLines({ component, status, text, action }: DoctorFinding, { width, paint }: TextStyle): string[] {
  const colour = status === "ok" ? paint.good : status === "warning" ? paint.warning : paint.bad;
  const [first = "", ...rest] = wrap(cleanText(`${component}: ${text}`), width, indented(WORD_WIDTH));
  const todo = action === undefined ? [] : wrap(cleanText(`→ ${action}`), width, { first: gap(WORD_WIDTH), rest: gap(WORD_WIDTH + 2) });
  return [colour(status.padEnd(WORD_WIDTH)) + first.slice(WORD_WIDTH), ...rest, ...todo];
}

function summary(errors: number, warnings: number, { paint }: TextStyle): string {
  if (errors > 0) return paint.bad(`${counted(errors, "thing")} broken, ${counted(warnings, "warning")}`);
  return warnings > 0 ? paint.warning(`works, with ${counted(warnings, "warning")}`) : paint.good("all is well");
}
