// Says in words how a container's process ended.
import type { Termination } from "./read-pod.ts";

// bash(1) and Docker's documentation for 125 to 127; 128+n is signal n. Names of signal(7).
const EXIT_CODES: Readonly<Record<number, string>> = {
  1: "a general error of the application",
  2: "wrong usage: an argument or a shell built-in was not understood",
  125: "the container runtime itself failed",
  126: "the command was found but cannot be executed (permission or format)",
  127: "the command was not found in the image",
  128: "the process could not be started or gave an invalid exit code",
  255: "an exit status out of range, or the node or runtime went away under it",
};

const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP: hung up",
  2: "SIGINT: interrupted",
  3: "SIGQUIT: quit",
  4: "SIGILL: illegal instruction, often an image for another processor",
  6: "SIGABRT: aborted itself, as after a failed assertion",
  7: "SIGBUS: bad memory access",
  8: "SIGFPE: arithmetic error",
  9: "SIGKILL: killed by force, by the kernel, or by the kubelet after the grace period",
  11: "SIGSEGV: segmentation fault",
  13: "SIGPIPE: wrote to a closed connection",
  14: "SIGALRM: timer ran out",
  15: "SIGTERM: asked to stop from outside, as after a failed liveness probe",
};

const ABNORMAL_START = new Set(["StartError", "ContainerCannotRun"]);

/** `exit code 137 (SIGKILL: killed by force, …)`; without a code, the reason. */
export function exitText(end: Termination): string {
  const { exitCode } = end;
  if (exitCode === undefined) return end.signal === undefined ? (end.reason ?? "an unknown end") : `signal ${end.signal}`;
  const meaning = EXIT_CODES[exitCode] ?? signalText(end.signal ?? exitCode - 128);
  return meaning === undefined ? `exit code ${exitCode}` : `exit code ${exitCode} (${meaning})`;
}

/** Whether the run failed: OOMKilled, or a non-zero exit code or signal. Unknown codes are no failure: absent is not told. */
export function isFailure(end: Termination): boolean {
  if (end.reason === "OOMKilled" || ABNORMAL_START.has(end.reason ?? "")) return true;
  return (end.exitCode ?? 0) !== 0 || (end.signal ?? 0) !== 0;
}

/** Whether the process never came to run (the runtime's own words for it). */
export function neverStarted(end: Termination): boolean {
  return ABNORMAL_START.has(end.reason ?? "");
}

/** Whether memory ended the run: the kubelet says OOMKilled, or the runtime could not even start the process within the limit. */
export function ranOutOfMemory(end: Termination): boolean {
  return end.reason === "OOMKilled" || (neverStarted(end) && /OOM-?killed/i.test(end.message ?? ""));
}

/** Whether the process was ended by SIGTERM or SIGKILL, as whoever stops a container does. */
export function wasStopped(end: Termination): boolean {
  return end.exitCode === 137 || end.exitCode === 143;
}

function signalText(signal: number): string | undefined {
  if (signal < 1 || signal > 64) return undefined;
  return SIGNALS[signal] ?? `signal ${signal}`;
}
