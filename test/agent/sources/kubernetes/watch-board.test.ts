// What is said of a kind as its watches come, fail and recover: absence must mean something only while the kind is seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Watched, watchBoard } from "../../../../agent/sources/kubernetes/watch-board.ts";
import { WATCHED_KINDS, type WantedKind } from "../../../../agent/sources/kubernetes/watched-kinds.ts";
import type { WatchState } from "../../../../agent/sources/port.ts";

const PODS = WATCHED_KINDS.find(({ kind }) => kind === "Pod") as WantedKind;
const network = { is: "network", text: "connection refused" } as const;

function board(...namespaces: readonly (string | undefined)[]) {
  const said: string[] = [];
  let nowMs = Date.UTC(2026, 0, 31, 9);
  const made = watchBoard({
    emit: (body) => void (body.kind === "gap" && said.push(`${body.key} ${body.text ?? "-"}`)),
    nowMs: () => nowMs,
  });
  const watches = namespaces.map((namespace): Watched => {
    const watched = {
      wanted: PODS,
      namespace,
      state: "waiting" as WatchState,
      fault: undefined,
      failingMs: undefined,
      hasListed: false,
      heardMs: undefined,
      objects: () => 3,
    };
    made.add(watched);
    return watched;
  });
  const pass = (seconds: number) => {
    nowMs += seconds * 1_000;
  };
  return { ...made, said, watches, pass };
}

test("a short failure is nobody's business, a long one ends completeness and is a gap until it is over", () => {
  const { listed, state, said, watches, pass } = board(undefined);
  const [pods] = watches as [Watched];
  listed(pods);
  state(pods, "synced");
  state(pods, "backing-off", network);
  pass(5);
  state(pods, "backing-off", network);
  assert.deepEqual(said.splice(0), ["complete:Pod -"]);
  pass(60);
  state(pods, "backing-off", network);
  const [gap, complete] = said.splice(0);
  assert.match(
    gap ?? "",
    /^kind:Pod nothing has been heard of Pod objects since 2026-01-31T09:00:00.000Z \(connection refused\); what was known/,
  );
  assert.match(complete ?? "", /^complete:Pod nothing has been heard/);
  state(pods, "synced");
  assert.deepEqual(said, ["kind:Pod -", "complete:Pod -"]);
});

test("forbidden says what to grant and where; the status says the same", () => {
  const { state, listed, said, status, synced, watches } = board("shop", "pay");
  const [shop, pay] = watches as [Watched, Watched];
  listed(shop);
  state(shop, "synced");
  assert.equal(synced(), false);
  state(pay, "forbidden", { is: "forbidden", text: "403: no" });
  assert.equal(synced(), true);
  assert.deepEqual(said, ['kind:Pod Pod objects in namespace pay cannot be read: grant the agent "list" and "watch" on pods']);
  assert.deepEqual(
    status("c").map(({ namespace, state: is, objects, reason }) => [namespace, is, objects, reason]),
    [
      ["shop", "synced", 3, undefined],
      ["pay", "forbidden", 3, 'grant the agent "list" and "watch" on pods in namespace pay (403: no)'],
    ],
  );
});
