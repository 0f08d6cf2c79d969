// Playing recordings back: order, pace, damage, restart.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Sink, SourceRecord } from "../../../../agent/sources/port.ts";
import type { ReplayOptions } from "../../../../agent/sources/replay/replay-source.ts";
import { replaySource } from "../../../../agent/sources/replay/replay-source.ts";

const T0_MS = Date.UTC(2026, 0, 2, 12);
const pod = (name: string, secondsIn: number, type = "ADDED"): string =>
  JSON.stringify({
    at: new Date(T0_MS + secondsIn * 1000).toISOString(),
    resource: "pods",
    type,
    object: { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "shop" } },
  });
const BOOKMARK = JSON.stringify({
  at: "2026-01-02T12:00:01Z",
  type: "BOOKMARK",
  object: { kind: "Pod", metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
});

async function recording(context: TestContext, content: string | Uint8Array, name = "r.jsonl"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kgroot-replay-"));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

type Played = { readonly batches: (readonly SourceRecord[])[]; readonly refused: string[] };

async function play(options: ReplayOptions, accept?: Sink["accept"]): Promise<Played> {
  const batches: (readonly SourceRecord[])[] = [];
  const refused: string[] = [];
  const sink: Sink = {
    accept: async (records, signal) => {
      batches.push(records);
      return accept ? accept(records, signal) : { applied: records.length, dropped: 0, refused: [] };
    },
  };
  await replaySource({ ...options, onRefused: ({ line, reason }) => refused.push(`${line}: ${reason}`) }).start(
    sink,
    new AbortController().signal,
  );
  return { batches, refused };
}

const shapes = (played: Played): string[] => played.batches.flat().map(({ body }) => (body.kind === "gap" ? body.key : body.kind));

test("watch events and records of every shape are told apart; bookmarks mark completeness, actions are skipped", async (context) => {
  const file = await recording(
    context,
    [
      pod("a", 0),
      BOOKMARK,
      JSON.stringify({ at: "2026-01-02T12:00:02Z", type: "ACTION", action: "the truth" }),
      JSON.stringify({
        at: "2026-01-02T12:00:02Z",
        type: "ADDED",
        object: { kind: "Event", apiVersion: "v1", metadata: { name: "e" }, reason: "x", involvedObject: {} },
      }),
      JSON.stringify({ op: "UPSERT", at: "2026-01-02T12:00:03Z", kind: "service", uid: "s", name: "web", namespace: "shop" }),
      JSON.stringify({ op: "UPSERT", at: "2026-01-02T12:00:03Z", id: "1", from: "a:b:c", to: "d:e:f", type: "SELECTS" }),
      JSON.stringify({ event_id: "1", event_time: "2026-01-02T12:00:03Z", etype: "prom.alert", reason: "x", subject: {} }),
      JSON.stringify({ event_id: "2", event_time: "2026-01-02T12:00:03Z", etype: "k8s.log", reason: "x", message: "y" }),
      JSON.stringify({ message: "line", timestamp: "2026-01-02T12:00:03Z", kubernetes: { pod_name: "a" } }),
      JSON.stringify({ version: "4", alerts: [] }),
      JSON.stringify({ labels: { alertname: "A" }, startsAt: "2026-01-02T12:00:03Z" }),
      JSON.stringify({ origin: { source: "x" }, atMs: T0_MS, body: { kind: "gap", key: "k", text: "t" } }),
      pod("a", 4, "DELETED"),
      JSON.stringify({ at: "2026-01-02T12:00:05Z", type: "ADDED", object: { apiVersion: "v1", kind: "Node", metadata: { name: "n" } } }),
    ].join("\n"),
  );
  const played = await play({ files: [file], speed: "max" });
  assert.deepEqual(shapes(played), [
    "object",
    "complete:Pod",
    "event",
    "resource",
    "edge",
    "episode",
    "log",
    "log",
    "alert",
    "alert",
    "k",
    "object",
    "object",
    "complete:Node",
  ]);
  assert.deepEqual(played.refused, []);
  assert.deepEqual(played.batches[0]?.at(-3)?.body, {
    kind: "object",
    op: "DELETE",
    value: { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "shop" } },
  });
});

test("damaged lines are reported with their number and cost no other line; gzip is told by content", async (context) => {
  const text = Buffer.concat([
    Buffer.from(`${pod("a", 0)}\n{"at":\n\n[1]\n`),
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from(`"${"x".repeat(17_000_000)}"\n${pod("b", 1)}\n`),
  ]);
  const played = await play({ files: [await recording(context, gzipSync(text), "any-name")], speed: "max" });
  assert.deepEqual(shapes(played), ["object", "object", "complete:Pod"]);
  assert.deepEqual(played.refused, [
    "2: not JSON",
    "4: neither a watch event nor a record",
    "5: not JSON",
    "6: line longer than 16777216 bytes",
  ]);
});

test("a 10 MB record is read, a cut-off archive gives what it held", async (context) => {
  const big = JSON.stringify({
    at: "2026-01-02T12:00:00Z",
    type: "ADDED",
    object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { blob: "x".repeat(10_000_000) } },
  });
  assert.deepEqual(shapes(await play({ files: [await recording(context, big)], speed: "max" })), ["object", "complete:ConfigMap"]);
  const archive = gzipSync(Array.from({ length: 3000 }, (_, at) => pod(`pod-${at}-${Math.sin(at)}`, at)).join("\n"));
  const played = await play({ files: [await recording(context, archive.subarray(0, archive.length / 2))], speed: "max" });
  assert.ok(played.batches.flat().length > 500);
  assert.match(played.refused.join(), /0: the archive is damaged/);
});

test("batches hold at most 1000 records and wait for the one before", async (context) => {
  const file = await recording(context, Array.from({ length: 2500 }, (_, at) => pod(`p-${at}`, at)).join("\n"));
  let inFlight = 0;
  const played = await play({ files: [file], speed: "max" }, async (records) => {
    assert.equal(++inFlight, 1);
    await Promise.resolve();
    inFlight--;
    return { applied: records.length, dropped: 0, refused: [] };
  });
  assert.deepEqual(
    played.batches.map((batch) => batch.length),
    [1000, 1000, 501],
  );
});

test("paced, the recording's gaps are waited for at the chosen speed", async (context) => {
  const file = await recording(context, [pod("a", 0), pod("b", 0.02), pod("c", 10), pod("d", 30)].join("\n"));
  let nowMs = 5_000;
  const waits: number[] = [];
  const played = await play({
    files: [file],
    speed: 10,
    clock: { nowMs: () => nowMs },
    sleep: async (ms) => {
      waits.push(ms);
      nowMs += ms;
    },
  });
  assert.deepEqual(waits, [1000, 2000]);
  assert.deepEqual(
    played.batches.map((batch) => batch.length),
    [2, 1, 2],
  );
});

test("after a restart durable lines are passed over, but what is complete is told again", async (context) => {
  const file = await recording(context, [pod("a", 0), BOOKMARK, pod("b", 2), pod("c", 3)].join("\n"));
  const played = await play({ files: [file], speed: "max", lastLine: () => 3 });
  assert.deepEqual(
    played.batches.flat().map(({ body, origin }) => [body.kind, origin.line]),
    [
      ["gap", 2],
      ["object", 4],
    ],
  );
});

test("stopping ends it between batches; a failing sink and a missing file reject", async (context) => {
  const file = await recording(context, Array.from({ length: 5000 }, (_, at) => pod(`p-${at}`, at)).join("\n"));
  const source = replaySource({ files: [file], speed: "max" });
  let batches = 0;
  await source.start(
    {
      accept: async (records) => {
        batches++;
        await source.stop();
        await source.stop();
        return { applied: records.length, dropped: 0, refused: [] };
      },
    },
    new AbortController().signal,
  );
  assert.equal(batches, 1);
  await assert.rejects(
    play({ files: [file], speed: "max" }, async () => {
      throw new Error("disk full");
    }),
    /disk full/,
  );
  await assert.rejects(play({ files: [`${file}.missing`], speed: "max" }), /ENOENT/);
});
