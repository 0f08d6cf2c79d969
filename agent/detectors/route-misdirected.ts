// Routes that lead to another Service than the one their path names: nothing is missing and nothing fails, and yet requests end in the wrong place.
import { displayName } from "../domain/identity.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { ROUTE_KINDS, type Route, routesOf } from "./read-routes.ts";

/** Parts of a path that name no Service. */
const GENERIC = /^(?:api|apis|rest|rpc|public|internal|service|services|v\d+(?:alpha\d|beta\d)?)$/;
/** Shorter parts match by chance. */
const WORD_LENGTH_MIN = 4;
const FINDINGS_MAX = 10;

/**
 * Tells RouteMisdirected when a path names a Service that exists and that no route leads to, and the Service it leads to has a route of its own whose path
 * names it.
 */
export const routeMisdirected: StateDetector = {
  id: "route-misdirected",
  kinds: [...ROUTE_KINDS],
  reasons: ["RouteMisdirected"],
  source: "kubernetes.io: Ingress, Path types; Spring Cloud Gateway reference, Path Route Predicate; nginx.org, proxy_pass",
  dependsOn: { kindsInNamespace: ["Service"] },
  crossObject: true,
  detect({ object, namespace }, view) {
    const routes = routesOf(object);
    if (routes.length < 2) return [];
    const services = view.ofKind("Service", namespace).map(({ name }) => name);
    const served = new Set(routes.map(({ service }) => service));
    return routes
      .flatMap((route) => {
        const named = namedService(route.path, services);
        if (named === undefined || served.has(named)) return [];
        const own = routes.find(({ path, service }) => service === route.service && namedService(path, services) === service);
        return own ? [{ route, named, own }] : [];
      })
      .slice(0, FINDINGS_MAX)
      .map(({ route, named, own }) =>
        finding("RouteMisdirected", {
          discriminator: route.path,
          message: `${displayName({ kind: object.kind, namespace, name: object.metadata.name })} leads ${route.path} to ${route.service}, whose own route is ${own.path}; no route leads to Service ${named}, which the path names.`,
          evidence: [
            fieldEvidence(object, route.where, route.quote, getFieldCommand(object, object.kind === "ConfigMap" ? ".data" : ".spec")),
          ],
          target: named,
        }),
      );
  },
};

/** The Service whose name a part of the path is or ends: of several the one with the shortest name. */
function namedService(path: Route["path"], services: readonly string[]): string | undefined {
  const words = path
    .toLowerCase()
    .split("/")
    .map((part) => part.replaceAll(/[^a-z0-9]/g, ""))
    .filter((word) => word.length >= WORD_LENGTH_MIN && !GENERIC.test(word));
  for (const word of words) {
    const fitting = services
      .filter((service) => fits(service.replaceAll("-", ""), word))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    if (fitting[0] !== undefined) return fitting[0];
  }
  return undefined;
}

function fits(service: string, word: string): boolean {
  return [word, `${word}service`, `${word}svc`].some((name) => service === name || service.endsWith(name));
}
