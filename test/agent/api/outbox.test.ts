// News for a client that does not read: only the latest of each thing is kept, up to a limit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wireIncident } from "../../../agent/api/to-wire/incident.ts";
import { createOutbox } from "../../../agent/api/ws/outbox.ts";
import type { IncidentId } from "../../../agent/domain/identity.ts";
import { incident } from "../../kit/fake-services.ts";

/** An outlet whose texts leave only when `read` is called. */
function slowOutlet() {
  const sent: { params: { changed?: { id: string; title: string }[]; removed?: { id: string }[]; done?: number } }[] = [];
  const done: (() => void)[] = [];
  return {
    sent,
    bufferedAmount: 0,
    send(text: string, left: () => void) {
      sent.push(JSON.parse(text));
      done.push(left);
    },
    read: () => done.shift()?.(),
  };
}

const named = (id: string, title: string) => {
  const { verdict } = incident();
  return wireIncident(incident({ id: id as IncidentId, verdict: { ...verdict, title } }));
};
const LIMITS = { bufferedBytesMax: 1_000_000, pendingMax: 2 };

test("while one message is under way the next ones fold into the latest state of each incident", () => {
  const outlet = slowOutlet();
  const outbox = createOutbox(outlet, LIMITS, () => assert.fail("not too slow yet"));
  outbox.incidents([named("a", "first")], []);
  outbox.incidents([named("a", "second")], []);
  outbox.incidents([named("b", "new")], []);
  outbox.incidents([named("a", "third")], [{ cluster: "prod", id: "b" }]);
  assert.equal(outlet.sent.length, 1);
  outlet.read();
  assert.deepEqual(
    outlet.sent[1]?.params.changed?.map(({ id, title }) => [id, title]),
    [["a", "third"]],
  );
  assert.deepEqual(outlet.sent[1]?.params.removed, [{ cluster: "prod", id: "b" }]);
  outlet.read();
  assert.equal(outlet.sent.length, 2);
});

test("progress keeps the latest, and is forgotten with the answer", () => {
  const outlet = slowOutlet();
  const outbox = createOutbox(outlet, LIMITS, () => assert.fail("not too slow yet"));
  for (const done of [1, 2, 3]) outbox.progress({ id: 1, done, total: 3, what: "rows" });
  outlet.read();
  assert.deepEqual(
    outlet.sent.map(({ params }) => params.done),
    [1, 3],
  );
  outbox.progress({ id: 1, done: 4, total: 3, what: "rows" });
  outbox.endProgress(1);
  outlet.read();
  assert.equal(outlet.sent.length, 2);
});

test("more different incidents than the limit, or too many bytes unread: dropped once, then nothing more is sent", () => {
  let drops = 0;
  const outlet = slowOutlet();
  const outbox = createOutbox(outlet, LIMITS, () => {
    drops += 1;
  });
  for (const id of ["a", "b", "c", "d", "e"]) outbox.incidents([named(id, id)], []);
  outlet.read();
  outbox.answer('{"late":true}');
  assert.deepEqual([drops, outlet.sent.length], [1, 1]);
  const full = createOutbox({ ...slowOutlet(), bufferedAmount: 2_000_000 }, LIMITS, () => {
    drops += 1;
  });
  full.answer("{}");
  full.answer("{}");
  assert.equal(drops, 2);
});
