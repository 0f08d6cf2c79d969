// How long an agent lives with its windows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Lease, NEW_LEASE, renew, type Sighting } from "../../extension/session/lease.ts";

const seen = (marks: string, owner: Sighting["owner"] = "self"): Sighting => ({ owner, marks });

/** The lease after the same sighting so many times, or why it ended and after how many. */
function after(lease: Lease, sighting: (look: number) => Sighting, looks: number): Lease | string {
  let now = lease;
  for (let look = 1; look <= looks; look++) {
    const next = renew(now, sighting(look));
    if (typeof next === "string") return `${next} after ${look}`;
    now = next;
  }
  return now;
}

const named = renew(NEW_LEASE, seen("a@1")) as Lease;

test("while any window shows signs the agent lives", () => {
  assert.equal(typeof after(named, (look) => seen(`a@${Math.floor(look / 10)}`), 1_000), "object");
  assert.equal(typeof after(named, (look) => seen(`a@1 b@${Math.floor(look / 50)}`), 1_000), "object");
});

test("a reload is survived, and the last window that leaves or crashes ends it", () => {
  assert.equal(typeof after(named, () => seen(""), 40), "object");
  assert.equal(
    after(named, () => seen(""), 100),
    "no window left after 62",
  );
  assert.equal(
    after(named, () => seen("a@1"), 100),
    "no window left after 61",
  );
});

test("an agent that is named no more, or another one is named, ends at once", () => {
  assert.equal(renew(named, seen("a@2", "nobody")), "stopped");
  assert.equal(renew(named, seen("a@2", "other")), "stopped");
  assert.equal(renew(NEW_LEASE, seen("a@1", "dismissed")), "stopped", "named and dismissed between two looks");
});

test("an agent whose start was never finished does not live on other windows' signs", () => {
  assert.equal(typeof after(NEW_LEASE, (look) => seen(`a@${look}`, "nobody"), 200), "object");
  assert.equal(
    after(NEW_LEASE, (look) => seen(`a@${look}`, "other"), 500),
    "never named after 241",
  );
});
