// The output channel: what the extension did, and the log of the agent that it started, followed as it grows.
import { open, stat } from "node:fs/promises";
import { type Disposable, type OutputChannel, window } from "vscode";

const LOOK_MS = 1_000;

/** Of a log that is there already, the end. */
const EARLIER_BYTES_MAX = 64 * 1024;

/** One look reads at most this much; the rest comes with the next. */
const PART_BYTES_MAX = 1024 * 1024;

/** The channel. */
export class AgentLog implements Disposable {
  readonly #channel: OutputChannel = window.createOutputChannel("kgroot");
  #file: string | undefined;
  #offset: number | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;

  /** A line of the extension's own. */
  say(line: string): void {
    this.#channel.appendLine(`[extension] ${line}`);
  }

  /** Shows the channel. */
  show(): void {
    this.#channel.show();
  }

  /** Follows this file, and no other; undefined: none. */
  follow(file: string | undefined): void {
    if (file === this.#file) return;
    clearTimeout(this.#looking);
    this.#file = file;
    this.#offset = undefined;
    if (file !== undefined) this.#later(file, 0);
  }

  dispose(): void {
    this.follow(undefined);
    this.#channel.dispose();
  }

  #later(file: string, ms: number): void {
    this.#looking = setTimeout(() => {
      this.#look(file)
        .catch(() => undefined) // there is no log yet
        .finally(() => {
          if (file === this.#file) this.#later(file, LOOK_MS);
        });
    }, ms);
  }

  async #look(file: string): Promise<void> {
    const { size } = await stat(file);
    const offset = this.#offset === undefined ? Math.max(0, size - EARLIER_BYTES_MAX) : size < this.#offset ? 0 : this.#offset;
    const length = Math.min(size - offset, PART_BYTES_MAX);
    this.#offset = offset + length;
    if (length === 0) return;
    const handle = await open(file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      if (file === this.#file) this.#channel.append(buffer.toString("utf8", 0, bytesRead));
    } finally {
      await handle.close();
    }
  }
}
