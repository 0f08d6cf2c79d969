// A recording holds what the agent saw, without what it must not keep, and plays back to the same records.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { normalise } from "../../../../agent/pipeline/normalise.ts";
import { recordingSink } from "../../../../agent/sources/kubernetes/recording-sink.ts";
import type { SourceRecord } from "../../../../agent/sources/port.ts";
import { replaySource } from "../../../../agent/sources/replay/replay-source.ts";

const AT = Date.UTC(2026, 0, 31, 9);
const record = (body: SourceRecord["body"]): SourceRecord => ({ origin: { source: "kubernetes" }, cluster: "c", atMs: AT, body });
const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web-1", namespace: "shop", uid: "u1", resourceVersion: "5", creationTimestamp: "2026-01-31T08:00:00Z" },
  spec: { containers: [{ name: "web", env: [{ name: "DB_PASSWORD", value: "hunter2-hunter2" }] }] },
  status: { phase: "Running" },
};
const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "shop", uid: "u2" }, data: { word: "aHVudGVyMg==" } };
const event = {
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: "e", namespace: "shop", uid: "u3" },
  regarding: { kind: "Pod", namespace: "shop", name: "web-1", uid: "u1" },
  reason: "BackOff",
  note: "password=hunter2-hunter2",
  type: "Warning",
  eventTime: "2026-01-31T08:59:00.000000Z",
  series: { count: 4, lastObservedTime: "2026-01-31T08:59:30.000000Z" },
};

test("what is written can be replayed and means the same; secrets are not in it; an unreadable record is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-recording-"));
  try {
    const file = join(folder, "r.jsonl.gz");
    const sink = await recordingSink(file);
    const records = [
      record({ kind: "object", op: "UPSERT", value: pod }),
      record({ kind: "object", op: "UPSERT", value: secret }),
      record({ kind: "event", value: event }),
      record({ kind: "gap", key: "complete:Pod", text: undefined }),
      record({
        kind: "object",
        op: "DELETE",
        value: { apiVersion: "v1", kind: "Pod", metadata: { name: "web-0", namespace: "shop", uid: "u0" } },
      }),
    ];
    const result = await sink.accept([...records, record({ kind: "object", op: "UPSERT", value: { kind: "Pod" } })]);
    assert.deepEqual([result.applied, result.refused.map(({ index }) => index)], [5, [5]]);
    // Each batch can be read although the file is not ended yet: a recorder may be killed.
    await sink.close();
    assert.equal(sink.written().records, 5);
    assert.doesNotMatch(gunzipSync(readFileSync(file)).toString(), /hunter2|aHVudGVyMg/);
    const replayed: SourceRecord[] = [];
    const accept = async (batch: readonly SourceRecord[]) => {
      replayed.push(...batch);
      return { applied: batch.length, dropped: 0, refused: [] };
    };
    await replaySource({ files: [file], speed: "max" }).start({ accept }, new AbortController().signal);
    // The replay itself adds, at the end, that all has been told.
    replayed.splice(records.length);
    const meaning = (list: readonly SourceRecord[]) => list.map((one) => normalise(one, "default"));
    assert.deepEqual(meaning(replayed), meaning(records));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a file that cannot be opened is said at once", async () => {
  await assert.rejects(recordingSink("/nowhere/at/all/r.jsonl.gz"), /ENOENT/);
});
