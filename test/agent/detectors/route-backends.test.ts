// Findings about routes to Services that are not there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { routeBackends } from "../../../agent/detectors/route-backends.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const to = (name: string, port: JsonObject) =>
  kit.ingress({ spec: { rules: [{ http: { paths: [{ path: "/", backend: { service: { name, port } } }] } }] } });
const known = { objects: [kit.service()], complete: ["Service"] };

test("an Ingress to a Service that does not exist", () => {
  const [found] = checkFindings(routeBackends, to("wep", { number: 80 }), known, ["IngressBackendMissing wep:80"]);
  assert.equal(found?.message, "Ingress shop/web routes to Service shop/wep, which does not exist; there is a Service web");
  checkFindings(routeBackends, to("wep", { number: 80 }), { objects: [kit.service()] }, []);
});

test("an Ingress to a port that the Service lacks", () => {
  checkFindings(routeBackends, to("web", { number: 81 }), known, ["IngressBackendMissing web:81"]);
  checkFindings(routeBackends, to("web", { name: "grpc" }), known, ["IngressBackendMissing web:grpc"]);
  checkFindings(routeBackends, to("web", { number: 80 }), known, []);
  checkFindings(routeBackends, to("web", { name: "http" }), known, []);
  checkFindings(routeBackends, to("web", { name: "use-annotation" }), known, []);
  checkFindings(
    routeBackends,
    to("web", { number: 443 }),
    { objects: [kit.service({ spec: { type: "ExternalName" } })], complete: ["Service"] },
    [],
  );
});

test("routes of the Gateway API, also to other namespaces", () => {
  const route = (...backendRefs: readonly JsonObject[]): KubeObject => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "r", namespace: "shop" },
    spec: { rules: [{ backendRefs }] },
  });
  checkFindings(routeBackends, route({ name: "web", port: 80 }, { name: "web", port: 8080 }), known, ["IngressBackendMissing web:8080"]);
  checkFindings(routeBackends, route({ group: "x.example", kind: "Bucket", name: "b" }), known, []);
  const elsewhere = route({ name: "api", namespace: "other", port: 80 });
  // A dump of one namespace knows nothing of the other one's Services.
  checkFindings(routeBackends, elsewhere, known, []);
  const dumped = { ...known, objects: [...known.objects, kit.pod({ metadata: { name: "x", namespace: "other" } })] };
  checkFindings(routeBackends, elsewhere, dumped, ["IngressBackendMissing other/api:80"]);
});
