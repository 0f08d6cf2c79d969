// Progress of long work, drawn on a terminal only; in a pipe or a log it would be noise.
import cliProgress from "cli-progress";
import type { OnProgress } from "./calls.ts";
import { shortText } from "./show/clean-text.ts";
import type { Terminal } from "./terminal.ts";

/** A bar, or a counter while the total is not known. `end` takes it away; it may be called twice. */
export type Progress = { readonly report: OnProgress; end(): void };

/** Progress of what `label` names. */
export function startProgress({ progress: stream }: Terminal, label: string): Progress {
  if (!stream) return { report: () => undefined, end: () => undefined };
  const format = `${label} {bar} {percentage} % | {what}`;
  const bar = new cliProgress.SingleBar(
    { stream, format, barsize: 30, clearOnComplete: true, hideCursor: true, emptyOnZero: true, gracefulExit: false },
    cliProgress.Presets.rect,
  );
  let isOpen = true;
  bar.start(0, 0, { what: "" });
  return {
    report(done, total, what) {
      if (!isOpen) return;
      bar.setTotal(Math.max(total, done));
      bar.update(done, { what: total > 0 ? shortText(what, 60) : shortText(`${done} ${what}`, 60) });
    },
    end() {
      if (isOpen) bar.stop();
      isOpen = false;
    },
  };
}

/** Runs `work` with a bar and takes the bar away afterwards. */
export async function withProgress<T>(terminal: Terminal, label: string, work: (report: OnProgress) => Promise<T>): Promise<T> {
  const progress = startProgress(terminal, label);
  try {
    return await work(progress.report);
  } finally {
    progress.end();
  }
}
