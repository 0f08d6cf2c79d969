// Which workload a replica belongs to.
import assert from "node:assert/strict";
import test from "node:test";
import { workloadOf } from "../../webview/workload.ts";

function check(kind: string, name: string, labels: Record<string, string> | undefined, expected: string | undefined): void {
  assert.equal(workloadOf({ kind, name, ...(labels ? { labels } : {}) }), expected, `${kind} ${name}`);
}

test("labels tell a pod's workload", () => {
  check("Pod", "shop-5867f8885d-24xww", { "pod-template-hash": "5867f8885d" }, "shop");
  check("Pod", "web-7-5867f8885d-24xww", { "pod-template-hash": "5867f8885d" }, "web-7");
  check("Pod", "db-0", { "controller-revision-hash": "db-6c9f4d8b7" }, "db");
  check("Pod", "log-agent-x7k2p", { "controller-revision-hash": "5c8d9f6b4" }, "log-agent");
  check("Pod", "migrate-v2-q8zlk", { "job-name": "migrate-v2" }, "migrate-v2");
  check("Pod", "report-29384750-q8zlk", { "batch.kubernetes.io/job-name": "report-29384750" }, "report");
});

test("without labels, the random endings of names do", () => {
  check("Pod", "shop-5867f8885d-24xww", undefined, "shop");
  check("Pod", "report-29384750-q8zlk", {}, "report");
  check("Pod", "log-agent-x7k2p", {}, "log-agent");
  check("Pod", "db-12", {}, "db");
  check("ReplicaSet", "shop-5867f8885d", undefined, "shop");
  check("Job", "report-29384750", undefined, "report");
});

test("what is nobody's replica stays itself", () => {
  for (const [kind, name] of [
    ["Pod", "proxy"],
    ["Pod", "web-front"],
    ["Pod", "my-nginx"],
    ["Pod", "-24xww"],
    ["Deployment", "shop-5867f8885d"],
    ["Service", "db-0"],
    ["Job", "migrate-v2"],
    ["constructor", "db-0"],
  ] as const)
    check(kind, name, { app: "shop" }, undefined);
});
