// Services that select nothing, and what they meant.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceSelector } from "../../../agent/detectors/service-selector.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const service = kit.service({ spec: { selector: { app: "wbe" } } });

test("names the workload whose labels were probably meant", () => {
  const around = {
    objects: [kit.pod(), kit.deployment(), kit.daemonSet({ spec: { template: { metadata: { labels: { app: "agent" } } } } })],
    complete: ["Pod"],
  };
  const [found] = checkFindings(serviceSelector, service, around, ["SelectorMatchesNothing"]);
  assert.equal(found?.message, "the selector of Service shop/web is app=wbe, but pods of Deployment web are labelled app=web");
  assert.equal(found?.evidence.length, 2);
});

test("says so when no label comes near", () => {
  const other = kit.service({ metadata: { name: "other" }, spec: { selector: { app: "other" } } });
  const [found] = checkFindings(serviceSelector, other, { objects: [kit.pod()], complete: ["Pod"] }, ["SelectorMatchesNothing"]);
  assert.match(found?.message ?? "", /none of the 1 pods of the namespace has these labels/);
});

test("no finding while pods are not all known, when a pod matches, or when a workload would match", () => {
  checkFindings(serviceSelector, service, { objects: [kit.pod()] }, []);
  checkFindings(serviceSelector, kit.service(), { objects: [kit.pod()], complete: ["Pod"] }, []);
  checkFindings(serviceSelector, kit.service(), { objects: [kit.deployment({ spec: { replicas: 0 } })], complete: ["Pod"] }, []);
  checkFindings(serviceSelector, kit.service({ spec: { type: "ExternalName" } }), { complete: ["Pod"] }, []);
});
