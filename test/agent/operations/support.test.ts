// The support bundle tells counts and findings, and no names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { supportBundle } from "../../../agent/operations/support.ts";

const STATS = {
  resources: 2,
  episodes: 0,
  incidents: 0,
  relations: 0,
  links: 0,
  resourcesByKind: { Pod: 2 },
  relationsByType: {},
  episodesBySeverity: { INFO: 0, WARNING: 0, ERROR: 0, FATAL: 0 },
};

function check(text: string, names: readonly string[] = ["prod", "prod-eu"]): string {
  const finding = { component: "sources", status: "error" as const, text };
  const bundle = supportBundle({
    kgroot: "0.1.0",
    atMs: 0,
    settings: {},
    findings: [finding],
    stats: STATS,
    metrics: "",
    names,
  });
  return (bundle["findings"] as { text: string }[])[0]?.text ?? "";
}

test("names are told apart and masked as whole words, the longer first", () => {
  assert.equal(
    check("watch of cluster prod-eu fails, prod is well, production too"),
    "watch of cluster [name-1] fails, [name-2] is well, production too",
  );
});

test("addresses, paths and secrets are masked", () => {
  assert.equal(check("at https://10.1.2.3:6443 says no"), "at https://[host] says no");
  assert.equal(check("bolt+s://u:p@graph.corp:7687 is away"), "bolt+s://[host] is away");
  assert.equal(check("cannot read /home/ann/.kube/config"), "cannot read [path]");
  assert.equal(check("store C:\\Users\\ann\\kgroot.db, version 1"), "store [path], version 1");
  assert.doesNotMatch(check("failed with password=hunter2"), /hunter2/);
});

test("a name with characters that patterns obey is masked as it stands", () => {
  assert.equal(check("cluster a.b+c is away, axbbc is not", ["a.b+c"]), "cluster [name-1] is away, axbbc is not");
});

test("metrics beyond the bound are counted, comments left out", () => {
  const metrics = ["# HELP x", ...Array.from({ length: 5_001 }, (_, at) => `x{n="${at}"} 1`)].join("\n");
  const bundle = supportBundle({ kgroot: "0.1.0", atMs: 0, settings: {}, findings: [], stats: STATS, metrics, names: [] });
  assert.equal((bundle["metrics"] as string[]).length, 5_000);
  assert.equal(bundle["metrics_left_out"], 1);
});
