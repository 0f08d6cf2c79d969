// Times, ages, kinds and lines as other programs write them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { knownKind, properKind } from "../../../agent/sources/kinds.ts";
import { readLines } from "../../../agent/sources/lines.ts";
import { parseAge, parseTime, timeFault } from "../../../agent/sources/times.ts";

const NOON_MS = Date.UTC(2026, 0, 2, 12, 0, 0);

test("times in every form that Kubernetes, Prometheus and loggers use mean the same moment", () => {
  for (const value of [
    "2026-01-02T12:00:00Z",
    "2026-01-02T12:00:00.000000Z",
    "2026-01-02T14:00:00+02:00",
    "2026-01-02T06:30:00-05:30",
    "2026-01-02 12:00:00",
    "2026-01-02 12:00:00,000",
    NOON_MS,
    NOON_MS / 1000,
    NOON_MS * 1000,
    String(NOON_MS / 1000),
  ])
    assert.equal(parseTime(value), NOON_MS, String(value));
  assert.equal(parseTime("2026-01-02T12:00:00.123456789Z"), NOON_MS + 123);
  for (const value of ["", "yesterday", "2026-13-02T12:00:00Z", "2026-01-02T12:00:00Z and more", 12, Number.NaN, null, undefined, {}])
    assert.equal(parseTime(value), undefined, String(value));
});

test("a time before Kubernetes existed or more than an hour ahead is not believed, a small lead is", () => {
  assert.match(timeFault(Date.UTC(2013, 11, 31), NOON_MS) ?? "", /before 2014/);
  assert.match(timeFault(NOON_MS + 3_600_001, NOON_MS) ?? "", /future/);
  assert.equal(timeFault(NOON_MS + 60_000, NOON_MS), undefined);
});

test("ages as kubectl prints them", () => {
  assert.deepEqual(["45s", "3m20s", "2d20h", "1y30d", "<unknown>", "5"].map(parseAge), [
    45_000,
    200_000,
    244_800_000,
    34_128_000_000,
    undefined,
    undefined,
  ]);
});

test("kinds are spelled as Kubernetes spells them, whatever form came in", () => {
  assert.deepEqual(["pod", "persistentvolumeclaim", "endpointslice", "widget", "MyThing"].map(properKind), [
    "Pod",
    "PersistentVolumeClaim",
    "EndpointSlice",
    "Widget",
    "MyThing",
  ]);
  assert.deepEqual(
    ["pods", "svc", "deployments.apps", "networkpolicies", "ingresses", "pod-disruption-budgets", "storage-classes", "readme"].map(
      knownKind,
    ),
    ["Pod", "Service", "Deployment", "NetworkPolicy", "Ingress", "PodDisruptionBudget", "StorageClass", undefined],
  );
});

async function linesOf(chunks: readonly Uint8Array[], lengthMax = 1000): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of readLines(
    (async function* () {
      yield* chunks;
    })(),
    lengthMax,
  ))
    lines.push("text" in line ? line.text : `${line.number} too long`);
  return lines;
}

test("lines come whole whatever the chunks are, in any encoding, and one that is too long does not spoil the next", async () => {
  assert.deepEqual(await linesOf([Buffer.from("\uFEFFa\r\nb"), Buffer.from("c\n\nd")]), ["a", "bc", "", "d"]);
  assert.deepEqual(await linesOf([Buffer.from([0x61, 0xff, 0x62, 0x0a])]), ["a\uFFFDb"]);
  assert.deepEqual(await linesOf([Buffer.from(`x\n${"y".repeat(60)}`), Buffer.from(`${"y".repeat(60)}\nz`)], 100), [
    "x",
    "2 too long",
    "z",
  ]);
});
