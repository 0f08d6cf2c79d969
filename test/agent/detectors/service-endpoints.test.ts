// Services without ready endpoints, and those that only look so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceEndpoints } from "../../../agent/detectors/service-endpoints.ts";
import { serviceLoadBalancer } from "../../../agent/detectors/service-load-balancer.ts";
import type { Json, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const ready = { addresses: ["10.1.0.5"], conditions: { ready: true }, targetRef: { kind: "Pod", name: "web-1" } };
const unready = { addresses: ["10.1.0.6"], conditions: { ready: false }, targetRef: { kind: "Pod", name: "web-2" } };
const slice = (...endpoints: readonly Json[]): KubeObject => kit.endpointSlice({ rest: { endpoints } });
const unreadyPod = (seconds: number, age = 3600): KubeObject =>
  kit.pod({
    metadata: { name: "web-2", creationTimestamp: kit.ago(age) },
    status: { conditions: [kit.condition("Ready", "False", { lastTransitionTime: kit.ago(seconds) })] },
  });

/** A Service that owns this slice. */
function owning(service: KubeObject, endpoints: KubeObject, ...pods: readonly KubeObject[]) {
  return { relations: [[service, "CONTROLS", endpoints] as const, ...pods.map((pod) => [service, "SELECTS", pod] as const)] };
}

test("no endpoint is ready, since the last pod became unready", () => {
  const service = kit.service();
  const [found] = checkFindings(serviceEndpoints, service, owning(service, slice(unready), unreadyPod(90)), ["NoReadyEndpoints"]);
  assert.equal(found?.sinceMs, kit.agoMs(90));
  assert.equal(found?.message, "Service shop/web has no ready endpoint: 1 endpoint is not ready (web-2)");
  assert.equal(found?.evidence[0]?.command, "kubectl -n shop get endpointslices -l kubernetes.io/service-name=web");
});

test("a slice without endpoints is no ready endpoint either; of Endpoints likewise", () => {
  const service = kit.service();
  checkFindings(serviceEndpoints, service, owning(service, slice()), ["NoReadyEndpoints"]);
  const endpoints: KubeObject = { apiVersion: "v1", kind: "Endpoints", metadata: { name: "web", namespace: "shop" } };
  checkFindings(serviceEndpoints, service, { relations: [[service, "OWNS", endpoints]] }, ["NoReadyEndpoints"]);
});

test("some are ready", () => {
  const service = kit.service();
  checkFindings(serviceEndpoints, service, owning(service, slice(ready)), []);
  checkFindings(serviceEndpoints, service, owning(service, slice(ready, unready)), ["PartiallyReadyEndpoints"]);
  checkFindings(
    serviceEndpoints,
    service,
    owning(service, slice(ready, { ...unready, conditions: { ready: false, terminating: true } })),
    [],
  );
});

test("pods that have just been made may start in peace", () => {
  const service = kit.service();
  checkFindings(serviceEndpoints, service, owning(service, slice(ready, unready), unreadyPod(20, 30)), []);
  checkFindings(serviceEndpoints, service, owning(service, slice(unready), unreadyPod(20, 30)), []);
});

test("a new pod that has crashed or has no node is not starting any more", () => {
  const service = kit.service();
  const check = (pod: KubeObject) => checkFindings(serviceEndpoints, service, owning(service, slice(unready), pod), ["NoReadyEndpoints"]);
  const young = unreadyPod(20, 30);
  check({ ...young, status: { ...young.status, containerStatuses: [kit.waitingStatus("CrashLoopBackOff", { restartCount: 1 })] } });
  check({ ...young, status: { ...young.status, containerStatuses: [kit.waitingStatus("ErrImagePull")] } });
  check({ ...young, status: { conditions: [kit.condition("PodScheduled", "False")] } });
});

test("an empty Service that nobody calls is a warning, one that is called an error", () => {
  const service = kit.service();
  assert.equal(checkFindings(serviceEndpoints, service, owning(service, slice()), ["NoReadyEndpoints"])[0]?.severity, "WARNING");
  const called = {
    relations: [[service, "CONTROLS", slice()] as const, [kit.pod({ metadata: { name: "front" } }), "CALLS", service] as const],
  };
  assert.equal(checkFindings(serviceEndpoints, service, called, ["NoReadyEndpoints"])[0]?.severity, "ERROR");
});

test("a pod in an IPv4 and an IPv6 slice counts once", () => {
  const service = kit.service();
  const v6 = kit.endpointSlice({ metadata: { name: "web-v6" }, rest: { endpoints: [{ ...ready, addresses: ["fd00::5"] }] } });
  checkFindings(
    serviceEndpoints,
    service,
    {
      relations: [
        [service, "CONTROLS", slice(ready)],
        [service, "CONTROLS", v6],
      ],
    },
    [],
  );
});

test("without endpoint objects the pods decide, if all are known", () => {
  const service = kit.service();
  const around = { relations: [[service, "SELECTS", unreadyPod(90)] as const], complete: ["Pod"] };
  checkFindings(serviceEndpoints, service, around, ["NoReadyEndpoints"]);
  checkFindings(serviceEndpoints, service, { ...around, complete: [] }, []);
  const publishing = kit.service({ spec: { publishNotReadyAddresses: true } });
  checkFindings(serviceEndpoints, publishing, { ...around, relations: [[publishing, "SELECTS", unreadyPod(90)]] }, []);
});

test("a Service without selector is judged only when something asks it", () => {
  const service: KubeObject = { ...kit.service(), spec: { type: "ClusterIP", ports: [{ port: 80 }] } };
  checkFindings(serviceEndpoints, service, owning(service, slice()), []);
  checkFindings(
    serviceEndpoints,
    service,
    {
      relations: [
        [service, "CONTROLS", slice()],
        [kit.pod(), "CALLS", service],
      ],
    },
    ["NoReadyEndpoints"],
  );
  const external = kit.service({ spec: { type: "ExternalName", externalName: "db.example.com" } });
  checkFindings(serviceEndpoints, external, owning(external, slice()), []);
});

test("a headless Service without ready endpoint is a warning", () => {
  const service = kit.service({ spec: { clusterIP: "None" } });
  assert.equal(checkFindings(serviceEndpoints, service, owning(service, slice(unready)), ["NoReadyEndpoints"])[0]?.severity, "WARNING");
});

test("a load balancer without an address after five minutes", () => {
  const balancer = (seconds: number, ingress: readonly Json[] = []) =>
    kit.service({
      metadata: { creationTimestamp: kit.ago(seconds) },
      spec: { type: "LoadBalancer" },
      status: { loadBalancer: { ingress } },
    });
  checkFindings(serviceLoadBalancer, balancer(400), {}, ["LoadBalancerPending"]);
  checkFindings(serviceLoadBalancer, balancer(200), {}, []);
  checkFindings(serviceLoadBalancer, balancer(400, [{ ip: "192.0.2.1" }]), {}, []);
  checkFindings(serviceLoadBalancer, kit.service(), {}, []);
});
