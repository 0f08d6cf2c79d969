// Routes that lead to another Service than the one their path names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { routesOf } from "../../../agent/detectors/read-routes.ts";
import { routeMisdirected } from "../../../agent/detectors/route-misdirected.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const services = ["shop-orders", "shop-catalogue", "shop-users"].map((name) => kit.service({ metadata: { name, namespace: "shop" } }));
const around = { objects: services };

const spring = (...routes: readonly (readonly [uri: string, path: string])[]) =>
  kit.configMap({
    rest: {
      data: {
        "application.yml": routes
          .map(([uri, path], at) => `  - id: r${at}\n    uri: ${uri}\n    predicates:\n      - Path=${path}\n`)
          .join("\n"),
      },
    },
  });

/** A variable with the Service as its default. */
const VARIABLE = ["lb://$", "{ORDERS_HOST:shop-orders}"].join("");

const nginx = (...routes: readonly (readonly [path: string, backend: string])[]) =>
  kit.configMap({
    rest: { data: { "nginx.conf": routes.map(([path, backend]) => `location ${path} {\n  proxy_pass http://${backend};\n}`).join("\n") } },
  });

test("a gateway's file leads a path to the Service of another route, and nothing leads to the one it names", () => {
  const wrong = spring([VARIABLE, "/api/v1/orders/**"], [VARIABLE, "/api/v1/catalogue/**"]);
  const [found] = checkFindings(routeMisdirected, wrong, around, ["RouteMisdirected /api/v1/catalogue/**"]);
  assert.equal(found?.target, "shop-catalogue");
  checkFindings(routeMisdirected, nginx(["/orders/", "shop-orders:8080"], ["/users/", "shop-orders:8080"]), around, [
    "RouteMisdirected /users/",
  ]);
});

test("no finding where paths lead where they say, where one Service is meant to serve several, or where the named one has its route elsewhere", () => {
  checkFindings(routeMisdirected, spring(["lb://shop-orders", "/orders/**"], ["lb://shop-catalogue", "/catalogue/**"]), around, []);
  checkFindings(routeMisdirected, spring(["lb://shop-orders", "/orders/**"], ["lb://shop-orders", "/carts/**"]), around, []);
  checkFindings(routeMisdirected, spring(["lb://front", "/orders/**"], ["lb://front", "/catalogue/**"]), around, []);
  checkFindings(
    routeMisdirected,
    spring(["lb://shop-orders", "/orders/**"], ["lb://shop-orders", "/v2/catalogue/**"], ["lb://shop-catalogue", "/catalogue/**"]),
    around,
    [],
  );
});

test("an Ingress is read the same way", () => {
  const path = (at: string, name: string) => ({ path: at, pathType: "Prefix", backend: { service: { name, port: { number: 80 } } } });
  const ingress = kit.ingress({ spec: { rules: [{ http: { paths: [path("/orders", "shop-orders"), path("/users", "shop-orders")] } }] } });
  checkFindings(routeMisdirected, ingress, around, ["RouteMisdirected /users"]);
});

test("routes of an HTTPRoute and a VirtualService", () => {
  const http = kit.kubeObject("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name: "r", namespace: "shop" },
    spec: { rules: [{ matches: [{ path: { type: "PathPrefix", value: "/orders" } }], backendRefs: [{ name: "shop-orders", port: 80 }] }] },
  });
  const mesh = kit.kubeObject("networking.istio.io/v1", "VirtualService", {
    metadata: { name: "v", namespace: "shop" },
    spec: { http: [{ match: [{ uri: { prefix: "/users" } }], route: [{ destination: { host: "shop-users.shop.svc.cluster.local" } }] }] },
  });
  const pairs = [http, mesh].map((object) => routesOf(object).map(({ path, service }) => `${path} ${service}`));
  assert.deepEqual(pairs, [["/orders shop-orders"], ["/users shop-users"]]);
});
