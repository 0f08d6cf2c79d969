// Repeats of one thing fold into one episode (contracts.md §8) and raise its severity (§6), in whatever order they arrive.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Episode } from "../../../agent/domain/episode.ts";
import { DEFAULT_REASONING } from "../../../agent/domain/settings.ts";
import { EpisodeBook } from "../../../agent/graph/episode-book.ts";
import { eid, episode, finding, minute } from "../../kit/graph-builders.ts";

function recorded(occurrences: readonly Episode[]): readonly Episode[] {
  const book = new EpisodeBook(DEFAULT_REASONING);
  for (const one of occurrences) book.record(one);
  return [...book.all()];
}

/** A BackOff event so many minutes in. */
function at(minutes: number, overrides: Partial<Episode> = {}): Episode {
  return episode(`at-${minutes}`, { firstMs: minute(minutes), ...overrides });
}

test("occurrences no more than 5 minutes apart are one episode with the id of the earliest; the others are aliases", () => {
  const [one, ...more] = recorded([at(4), at(0), at(8)]);
  assert.equal(more.length, 0);
  assert.deepEqual([one?.eid, one?.firstMs, one?.lastMs, one?.count, one?.aliases], ["at-0", minute(0), minute(8), 3, ["at-4", "at-8"]]);
});

test("a longer pause begins another episode, until something between joins the two", () => {
  assert.equal(recorded([at(0), at(5)]).length, 1);
  assert.equal(recorded([at(0), at(5.1)]).length, 2);
  assert.equal(recorded([at(0), at(8)]).length, 2);
  assert.equal(recorded([at(0), at(8), at(4)]).length, 1);
});

test("another reason, container, type or resource is another thing", () => {
  const other = [
    at(1, { reason: "Unhealthy" }),
    at(2, { discriminator: "sidecar" }),
    at(3, { etype: "k8s.log" }),
    at(4, { rid: "pod:other" as Episode["rid"] }),
  ];
  assert.equal(recorded([at(0), ...other]).length, 5);
});

test("at equal times the smaller id is the episode's", () => {
  assert.equal(recorded([episode("b"), episode("a"), episode("c")])[0]?.eid, "a");
});

test("an episode answers to its aliases", () => {
  const book = new EpisodeBook(DEFAULT_REASONING);
  for (const one of [at(2), at(0), at(1)]) book.record(one);
  for (const id of ["at-0", "at-1", "at-2"]) assert.equal(book.get(eid(id))?.eid, "at-0");
});

test("the order of arrival does not matter, and neither does hearing it again", async () => {
  const minutes = fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 1, maxLength: 20 });
  const law = fc.asyncProperty(minutes, fc.infiniteStream(fc.nat()), async (times, random) => {
    const inOrder = [...times].sort((a, b) => a - b).map((time) => at(time));
    const shuffled = [...inOrder, ...inOrder]
      .map((one) => ({ one, key: random.next().value }))
      .sort((a, b) => a.key - b.key)
      .map(({ one }) => one);
    const byId = (a: Episode, b: Episode) => (a.eid < b.eid ? -1 : 1);
    assert.deepEqual([...recorded(shuffled)].sort(byId), [...recorded(inOrder)].sort(byId));
  });
  await fc.assert(law, { seed: 3, numRuns: 200 });
});

test("the 3rd repeat within 5 minutes makes a WARNING an ERROR, the 6th makes it FATAL", () => {
  const severities = [1, 2, 3, 5, 6, 9].map((count) => recorded(Array.from({ length: count }, (_, index) => at(index * 0.5)))[0]?.severity);
  assert.deepEqual(severities, ["WARNING", "WARNING", "ERROR", "ERROR", "FATAL", "FATAL"]);
});

test("repeats escalate within a sliding 5 minutes only, and what is expected never", () => {
  assert.equal(recorded([at(0), at(3), at(6), at(9)])[0]?.severity, "WARNING");
  assert.equal(recorded([at(0), at(2.5), at(5)])[0]?.severity, "ERROR");
  const info = { severity: "INFO", baseSeverity: "INFO" } as const;
  assert.equal(recorded([at(0, info), at(1, info), at(2, info)])[0]?.severity, "INFO");
});

test("an Event that counts by itself is one occurrence: told later it is wider, not another one", () => {
  const told = [1, 2, 5].map((count) => at(0, { count, lastMs: minute(count - 1) }));
  const [one] = recorded([...told, at(0)]);
  assert.deepEqual([one?.count, one?.lastMs, one?.severity], [5, minute(4), "ERROR"]);
});

test("hundreds of repeats stay one bounded episode, and telling an old one again counts nothing", () => {
  const many = Array.from({ length: 300 }, (_, index) => at(index));
  const [one] = recorded([...many, ...many.slice(0, 50)]);
  assert.equal(one?.count, 300);
  assert.ok((one?.occurrences?.length ?? 0) <= 32 && (one?.aliases.length ?? 0) <= 200);
});

test("a condition folds with what comes while it holds, clears, and holds again when it comes back soon", () => {
  const book = new EpisodeBook(DEFAULT_REASONING);
  const { episode: open } = book.record(finding("f1", { firstMs: minute(0) }));
  const again = book.record(finding("f2", { firstMs: minute(30) })).episode;
  assert.deepEqual([again.eid, again.count, again.clearedMs], ["f1", 2, undefined]);
  assert.equal(book.clear(again, minute(31)).clearedMs, minute(31));
  assert.equal(book.holding(open), undefined);
  const back = book.record(finding("f3", { firstMs: minute(33) })).episode;
  assert.deepEqual([back.eid, back.clearedMs], ["f1", undefined]);
});

test("a condition that is told as worse is worse, without having happened again", () => {
  const book = new EpisodeBook(DEFAULT_REASONING);
  const { episode: open } = book.record(finding("f", { severity: "WARNING", baseSeverity: "WARNING" }));
  const worse = book.retell(open, { message: "now none is left", evidence: [], baseSeverity: "ERROR" });
  assert.deepEqual([worse.severity, worse.baseSeverity, worse.count, worse.message], ["ERROR", "ERROR", 1, "now none is left"]);
});

test("an episode follows its resource to another rid, and folds with what is there", () => {
  const book = new EpisodeBook(DEFAULT_REASONING);
  const [from, to] = ["pod:shop:web", "pod:u1"] as Episode["rid"][];
  book.record(at(0, { rid: from as Episode["rid"] }));
  book.record(at(1, { rid: to as Episode["rid"] }));
  book.rekey(from as Episode["rid"], to as Episode["rid"]);
  assert.deepEqual(
    [...book.all()].map(({ eid: id, rid, count }) => [id, rid, count]),
    [["at-0", "pod:u1", 2]],
  );
});
