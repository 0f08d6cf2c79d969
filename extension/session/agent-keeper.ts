// Preloaded into the bundled agent (`node --require`): ends it when no window is left, or when the windows chose another agent. Its working folder is the agent's home.
import { lookAround } from "./agent-home.ts";
import { type Lease, LOOK_EVERY_MS, NEW_LEASE, renew } from "./lease.ts";

/** Looks after which the agent is asked once more, which ends it at once: 10 s to finish its work. */
const ASK_AGAIN_LOOKS = 20;

// Asked once: a folder that was removed meanwhile has no name any more.
const home = process.cwd();

let lease: Lease | undefined = NEW_LEASE;
let looksSinceOver = 0;

const looking = setInterval(() => {
  if (lease === undefined) {
    looksSinceOver += 1;
    if (looksSinceOver % ASK_AGAIN_LOOKS === 0) askToEnd();
    return;
  }
  const next = renew(lease, lookAround(home, process.pid, performance.timeOrigin));
  if (typeof next !== "string") {
    lease = next;
    return;
  }
  lease = undefined;
  process.stderr.write(`the agent ends: ${next}\n`);
  askToEnd();
}, LOOK_EVERY_MS);
looking.unref();

/** As the signal would; but this way it also works on Windows, which has no signals. */
function askToEnd(): void {
  process.emit("SIGTERM", "SIGTERM");
}
