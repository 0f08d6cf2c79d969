// What a command is given of the outside world: where to write, how wide and in which colours, the environment, and when to stop.
import type { Writable } from "node:stream";
import pc from "picocolors";

/** The outside world of one run. Made by main.ts; tests make their own. */
export type Terminal = {
  /** The answer. */
  readonly out: (text: string) => void;
  /** Everything about the answer: progress, notes, errors. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Columns to write in, 80..120. */
  readonly width: number;
  readonly paint: Paint;
  /** Where progress is drawn; undefined when nobody watches. */
  readonly progress: Writable | undefined;
  /** Whether a person sits in front of it. */
  readonly interactive: boolean;
  /** Aborted by Ctrl-C or a SIGTERM. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
};

/** Colours by what they are for; without colours each gives the text back. */
export type Paint = {
  readonly title: (text: string) => string;
  readonly label: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly command: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
};

/** Colours on a terminal, unless NO_COLOR says otherwise or the terminal is dumb. */
export function paintFor(isTerminal: boolean, env: Terminal["env"]): Paint {
  const colours = pc.createColors(isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb");
  return {
    title: colours.bold,
    label: colours.bold,
    faint: colours.dim,
    command: colours.cyan,
    good: colours.green,
    warning: colours.yellow,
    bad: (text) => colours.bold(colours.red(text)),
  };
}

/** Wide enough for kubectl commands, narrow enough to read. */
export function widthFor(columns: number | undefined): number {
  return Math.min(120, Math.max(80, columns ?? 100));
}
