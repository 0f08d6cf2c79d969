// Every scenario: what its signals say is what its expectation names. A new fault is two files and no code; `UPDATE=1` rewrites the expectations.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { displayName } from "../../agent/domain/identity.ts";
import type { Candidate, Incident } from "../../agent/domain/incident.ts";
import { inBatchesOf, recordingOf, rowsOf, runBatches } from "../kit/run-pipeline.ts";

const UPDATE = process.env["UPDATE"] === "1";

/** An incident without generated ids and times: what it says, and about whom. */
type Expected = {
  readonly severity: string;
  readonly state: string;
  /** The root cause, or null where the evidence is not enough. */
  readonly root: string | null;
  /** Ranked, best first; those that were dropped with the reason. */
  readonly causes: readonly { readonly cause: string; readonly category: string; readonly dropped?: string }[];
  readonly path: readonly string[];
  readonly symptoms: readonly string[];
};

for (const name of readdirSync(import.meta.dirname, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))) {
  test(`scenario ${name}`, async () => {
    const file = join(import.meta.dirname, name, "expected.json");
    const found = await incidentsOf(join(import.meta.dirname, name, "signals.ndjson"));
    if (UPDATE) writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
    assert.ok(existsSync(file), `${name} has no expected.json; run with UPDATE=1 and read what it wrote`);
    assert.deepEqual(found, JSON.parse(readFileSync(file, "utf8")));
  });
}

async function incidentsOf(signals: string): Promise<readonly Expected[]> {
  const { store } = await runBatches(inBatchesOf(100, recordingOf(signals)));
  const { incidents } = await rowsOf(store);
  return incidents.map(expectationOf).sort((a, b) => ((a.root ?? "") < (b.root ?? "") ? -1 : 1));
}

function expectationOf({ severity, state, verdict }: Incident): Expected {
  return {
    severity,
    state,
    root: verdict.rootCause ? named(verdict.rootCause) : null,
    causes: verdict.causes.map((cause) => ({
      cause: named(cause),
      category: cause.category,
      ...(cause.rejectedBecause ? { dropped: cause.rejectedBecause } : {}),
    })),
    path: verdict.path.map(({ from, to, relation }) => `${displayName(from)} -${relation}-> ${displayName(to)}`),
    symptoms: verdict.affected
      .filter(({ role }) => role === "symptom")
      .map(({ subject }) => displayName(subject))
      .sort(),
  };
}

function named({ subject, reason }: Candidate): string {
  return `${displayName(subject)} ${reason}`;
}
