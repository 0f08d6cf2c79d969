// Configured addresses that name no Service.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceAddress } from "../../../agent/detectors/service-address.ts";
import type { Json, JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const database = kit.service({ metadata: { name: "database" }, spec: { clusterIP: "None", ports: [{ port: 5432 }] } });
const known = {
  objects: [
    kit.service({ metadata: { name: "catalogue" } }),
    database,
    kit.namespace(),
    kit.namespace({ metadata: { name: "infra" } }),
    kit.service({ metadata: { name: "queue", namespace: "infra" } }),
    kit.statefulSet({ metadata: { name: "cart" } }),
  ],
  complete: ["Service"],
};

function caller(env: Readonly<Record<string, string>>, spec: JsonObject = {}): KubeObject {
  const variables: readonly Json[] = Object.entries(env).map(([name, value]) => ({ name, value }));
  return kit.deployment({ spec: { template: { spec: { containers: [kit.container({ env: variables })], ...spec } } } });
}

function check(value: string, wrong: boolean, name = "API_ADDR") {
  const path = `spec.template.spec.containers[app].env[${name}]`;
  return checkFindings(serviceAddress, caller({ [name]: value }), known, wrong ? [`WrongServiceAddress ${path}`] : []);
}

test("a Service in DNS form that does not exist", () => {
  const [found] = check("http://catalog.shop.svc.cluster.local/v1", true);
  assert.equal(
    found?.message,
    "API_ADDR of Deployment shop/web names Service shop/catalog, which does not exist; there is a Service catalogue",
  );
  assert.equal(found?.target, "catalog.shop.svc.cluster.local");
  check("amqp://queues.infra:5672", true);
  check("catalogue.shop.svc:80", false);
});

test("a Service that lacks the port", () => {
  const [found] = check("catalogue:8080", true);
  assert.match(found?.message ?? "", /names Service port 8080 of shop\/catalogue, which has only port 80$/);
  check("http://catalogue.shop:8080", true);
  check("catalogue:80", false);
  // Clients of a headless Service reach the pods' own ports.
  check("database-0.database:9999", false);
});

test("a bare name counts only when it was meant for a Service", () => {
  check("cataloge:80", true);
  assert.match(check("cart:8123", true)[0]?.message ?? "", /there is a workload cart, but no Service of that name/);
  check("unrelated:80", false);
  check("http://example.com:80", false);
  check("cataloge:80 and more", false);
  check("catalogue:16", false, "IMAGE");
  checkFindings(
    serviceAddress,
    caller({ API_ADDR: "cataloge:80" }, { hostAliases: [{ ip: "10.0.0.1", hostnames: ["cataloge"] }] }),
    known,
    [],
  );
});

test("nothing is said while Services are not all known, or of another namespace that was not looked into", () => {
  checkFindings(serviceAddress, caller({ A: "http://x.shop.svc" }), { ...known, complete: [] }, []);
  check("http://x.unseen.svc", false);
  checkFindings(serviceAddress, caller({ A: "http://x.unseen.svc" }), { ...known, complete: ["Service", "Namespace"] }, [
    "WrongServiceAddress spec.template.spec.containers[app].env[A]",
  ]);
});

test("a ConfigMap counts when something uses it; a controlled pod repeats its controller", () => {
  const config = kit.configMap({ rest: { data: { "app.conf": "upstream http://gone.shop.svc:80;" } } });
  checkFindings(serviceAddress, config, { ...known, relations: [[kit.pod(), "USES", config]] }, ["WrongServiceAddress data[app.conf]"]);
  checkFindings(serviceAddress, config, known, []);
  const pod = (controller: boolean) =>
    kit.pod({
      metadata: { ownerReferences: [{ kind: "ReplicaSet", name: "r", controller }] },
      spec: { containers: [kit.container({ args: ["http://gone.shop.svc"] })] },
    });
  checkFindings(serviceAddress, pod(true), known, []);
  checkFindings(serviceAddress, pod(false), known, ["WrongServiceAddress spec.containers[app].args"]);
});
