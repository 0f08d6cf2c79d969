// Prints an answer as text or as JSON.
import type { OptionValues } from "./options.ts";
import { safeJson } from "./show/clean-text.ts";
import type { TextStyle } from "./show/incident-text.ts";
import type { Terminal } from "./terminal.ts";

/** The answer in the form that was asked for; text lines are made only when they are printed. */
export function print(terminal: Terminal, options: OptionValues, value: unknown, text: (style: TextStyle) => readonly string[]): void {
  if (options["output"] === "json") terminal.out(`${safeJson(value)}\n`);
  else printLines(terminal, text(styleOf(terminal, options)));
}

/** Lines. */
export function printLines(terminal: Terminal, lines: readonly string[]): void {
  if (lines.length > 0) terminal.out(`${lines.join("\n")}\n`);
}

/** How text is written on this terminal. */
export function styleOf(terminal: Terminal, options: OptionValues): TextStyle {
  return { width: terminal.width, paint: terminal.paint, nowMs: terminal.nowMs(), full: options["full"] === true };
}
