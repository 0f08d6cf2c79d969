// Routes of a gateway: which path leads to which Service, read from Ingress, HTTPRoute, VirtualService, or a ConfigMap with a gateway's own file.

import type { KubeObject } from "../domain/kube-object.ts";
import { at, objectAt, objectsAt, textAt } from "./read-json.ts";

/** One route. `where` is the field it was read from, `quote` what stands there. */
export type Route = { readonly path: string; readonly service: string; readonly where: string; readonly quote: string };

const ROUTES_MAX = 500;
const LINES_MAX = 5_000;

/** Kinds that {@link routesOf} reads. */
export const ROUTE_KINDS = ["Ingress", "HTTPRoute", "VirtualService", "ConfigMap"] as const;

/** The routes of an object, in its order, at most 500; a backend in another namespace or outside the cluster keeps its first label. */
export function routesOf(object: KubeObject): readonly Route[] {
  return [...read(object)].slice(0, ROUTES_MAX);
}

function read(object: KubeObject): readonly Route[] {
  switch (object.kind) {
    case "Ingress":
      return ingressRoutes(object);
    case "HTTPRoute":
      return gatewayRoutes(object);
    case "VirtualService":
      return meshRoutes(object);
    case "ConfigMap":
      return Object.entries(objectAt(object.rest, "data") ?? {}).flatMap(([key, text]) =>
        typeof text === "string" ? fileRoutes(text, `data[${key}]`) : [],
      );
    default:
      return [];
  }
}

function ingressRoutes({ spec }: KubeObject): readonly Route[] {
  return objectsAt(spec, "rules").flatMap((rule) =>
    objectsAt(rule, "http", "paths").flatMap((entry) =>
      route(textAt(entry, "path"), textAt(entry, "backend", "service", "name"), "spec.rules"),
    ),
  );
}

function gatewayRoutes({ spec }: KubeObject): readonly Route[] {
  return objectsAt(spec, "rules").flatMap((rule) =>
    objectsAt(rule, "matches").flatMap((match) =>
      objectsAt(rule, "backendRefs").flatMap((backend) => route(textAt(match, "path", "value"), textAt(backend, "name"), "spec.rules")),
    ),
  );
}

function meshRoutes({ spec }: KubeObject): readonly Route[] {
  return objectsAt(spec, "http").flatMap((entry) =>
    objectsAt(entry, "match").flatMap((match) =>
      objectsAt(entry, "route").flatMap((to) => {
        const path = ["prefix", "exact", "regex"].map((how) => at(match, "uri", how)).find((value) => typeof value === "string");
        return route(typeof path === "string" ? path : undefined, textAt(to, "destination", "host"), "spec.http");
      }),
    ),
  );
}

/** Spring Cloud Gateway's `uri` and `Path=` of one list entry; nginx' `location` and `proxy_pass`. */
function fileRoutes(text: string, where: string): readonly Route[] {
  const found: Route[] = [];
  let path: string | undefined;
  let service: string | undefined;
  const emit = (): void => {
    found.push(...route(path, service, where));
    path = undefined;
    service = undefined;
  };
  for (const line of text.split("\n", LINES_MAX)) {
    const location = /^\s*location\s+(?:[=~^*]{1,3}\s+)?([^\s{]{1,300})\s*\{/.exec(line)?.[1];
    if (location !== undefined || /^\s*-\s+(?:id|uri|path)\s*:/.test(line)) {
      path = location;
      service = undefined;
    }
    path = /\bPath=([^\s,"']{1,300})/.exec(line)?.[1] ?? path;
    service = /^\s*(?:-\s+)?(?:uri:|proxy_pass)\s+["']?([^\s;"']{1,300})/.exec(line)?.[1] ?? service;
    if (path !== undefined && service !== undefined) emit();
  }
  return found;
}

function route(path: string | undefined, backend: string | undefined, where: string): readonly Route[] {
  const service = backend === undefined ? undefined : hostOf(backend);
  return path && service ? [{ path, service, where, quote: `${path} -> ${backend}` }] : [];
}

/** The first label of the host of `lb://name`, `http://name.ns:80/x`, `lb://${VARIABLE:name}`. */
function hostOf(backend: string): string | undefined {
  const plain = backend.replace(/\$\{[^}:]{0,200}:?([^}]{0,200})\}/g, "$1").replace(/^[a-z]{1,10}:\/\//i, "");
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?=[.:/]|$)/.exec(plain)?.[0];
}
