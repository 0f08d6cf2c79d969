// Steps that build on each other, waiting for what a person would wait for, and pictures of what is on the screen.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { Page } from "playwright-core";

const SHOTS = process.env["KGROOT_SCREENSHOTS"];
const PATIENCE_MS = 100_000;
const STEP_MS_MAX = 240_000;

/** What a file of steps is given; `page` is asked for anew each time, because it comes later. */
export type Steps = {
  step(name: string, act: (t: TestContext) => Promise<void>): void;
  until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void>;
  /** Keeps a picture when asked to (KGROOT_SCREENSHOTS=folder). */
  shot(name: string): Promise<void>;
};

/** After a failure the steps that follow are not reached: they would only wait in vain. */
export function steps(page: () => Page): Steps {
  let failedStep: string | undefined;
  return {
    step(name, act) {
      test(name, { timeout: STEP_MS_MAX }, async (t) => {
        if (failedStep) return t.skip(`not reached: ${failedStep} failed`);
        try {
          await act(t);
        } catch (error) {
          failedStep = name;
          const picture = join(SHOTS ?? tmpdir(), `kgroot failed ${name.slice(0, 40).replaceAll("/", " ")}.png`);
          await page().screenshot({ path: picture });
          console.error(`see ${picture}`);
          throw error;
        }
      });
    },
    async until(what, isTrue) {
      const end = Date.now() + PATIENCE_MS;
      while (!(await isTrue())) {
        if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
        await page().waitForTimeout(200);
      }
    },
    async shot(name) {
      if (!SHOTS) return;
      mkdirSync(SHOTS, { recursive: true });
      await page().screenshot({ path: join(SHOTS, `${name}.png`) });
    },
  };
}

/** The process of the agent that the windows share, as its state file names it; 0: none. */
export function agentPid(globalStorage: string, kind: string): number {
  const file = join(globalStorage, kind, "agent.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).pid : 0;
}

/** Whether a process runs, and not only waits to be buried; 0 is none. */
export function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "");
  } catch {
    return false;
  }
}
