// Registers a command so that a failure is told to the person and never lost.
import { commands, type Disposable, window } from "vscode";
import type { CommandId } from "../contributions.ts";
import { failureWords } from "./failure-words.ts";

/** Registers it; `say` writes to the log. */
export function register(id: CommandId, run: (...args: readonly unknown[]) => Promise<void>, say: (line: string) => void): Disposable {
  return commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      await run(...args);
    } catch (error) {
      const words = failureWords(error);
      if (words === undefined) return;
      say(`${id}: ${words}`);
      void window.showErrorMessage(words);
    }
  });
}
