// Services that target ports nobody has.
import assert from "node:assert/strict";
import { test } from "node:test";
import { servicePorts } from "../../../agent/detectors/service-ports.ts";
import type { JsonObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

function check(port: JsonObject, container: JsonObject, expected: readonly string[]) {
  const service = kit.service({ spec: { ports: [{ name: "main", port: 80, ...port }] } });
  return checkFindings(
    servicePorts,
    service,
    { relations: [[service, "SELECTS", kit.pod({ spec: { containers: [kit.container(container)] } })]] },
    expected,
  );
}

test("a target port that no container declares", () => {
  const [found] = check({ targetPort: 8081 }, {}, ["TargetPortMismatch main"]);
  assert.match(found?.message ?? "", /leads to target port 8081, but the containers of web-1 declare 8080\/TCP \(http\)/);
  check({ targetPort: "web" }, {}, ["TargetPortMismatch main"]);
  check({}, {}, ["TargetPortMismatch main"]);
});

test("ports that fit", () => {
  check({ targetPort: 8080 }, {}, []);
  check({ targetPort: "8080" }, {}, []);
  check({ targetPort: "http" }, {}, []);
});

test("an undeclared port that the pod mentions, or a pod that declares none, is no mismatch", () => {
  check({ targetPort: 8081 }, { ports: [] }, []);
  check({ targetPort: 8081 }, { args: ["--listen=:8081"] }, []);
  check({ targetPort: 8081 }, { env: [{ name: "PORT", value: "8081" }] }, []);
  check({ targetPort: 8081 }, { readinessProbe: { httpGet: { port: 8081 } } }, []);
  check({ targetPort: 8081 }, { args: ["--size=18081"] }, ["TargetPortMismatch main"]);
  check({ targetPort: "web" }, { ports: [] }, ["TargetPortMismatch main"]);
});

test("the port is there with another protocol", () => {
  check({ targetPort: 8080, protocol: "UDP" }, {}, ["ServiceProtocolMismatch main"]);
  check({ targetPort: "http" }, { ports: [{ name: "http", containerPort: 53, protocol: "UDP" }] }, ["ServiceProtocolMismatch main"]);
  check({ targetPort: 53, protocol: "UDP" }, { ports: [{ containerPort: 53 }, { containerPort: 53, protocol: "UDP" }] }, []);
});

test("a named port that the control plane has found is no mismatch", () => {
  const service = kit.service({ spec: { ports: [{ name: "main", port: 80, targetPort: "web" }] } });
  const relations = (ports: readonly JsonObject[]) => [
    [service, "SELECTS", kit.pod()] as const,
    [service, "CONTROLS", kit.endpointSlice({ rest: { ports } })] as const,
  ];
  checkFindings(servicePorts, service, { relations: relations([{ name: "main", port: 8080 }]) }, []);
  checkFindings(servicePorts, service, { relations: relations([{ name: "main" }]) }, ["TargetPortMismatch main"]);
});

test("without pods nothing is said", () => {
  checkFindings(servicePorts, kit.service({ spec: { ports: [{ port: 80, targetPort: 1 }] } }), {}, []);
});
