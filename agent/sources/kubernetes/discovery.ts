// Asks the API server which of the wanted kinds it serves, and in which version.
import { fieldsAt, isFields, listAt, textAt } from "../fields.ts";
import type { KubeApi, KubeFault } from "./kube-api.ts";
import { readJson } from "./kube-api.ts";
import { type Exchanged, exchange } from "./reflector/exchange.ts";
import type { ServedKind, WantedKind } from "./watched-kinds.ts";

/** A wanted kind and the ways to ask for it, best first; empty: the server does not have it. */
export type FoundKind = { readonly wanted: WantedKind; readonly served: readonly ServedKind[] };

/** How to ask. */
export type DiscoveryOptions = { readonly api: KubeApi; readonly signal: AbortSignal; readonly silenceMs: number };

/** Group versions of the server: those of each group, its preferred one first. */
type Groups = ReadonlyMap<string, readonly string[]>;

/** The resources of one group version that can be listed and watched, by plural; undefined: it could not be asked. */
type Resources = ReadonlySet<string> | undefined;

/**
 * Finds the wanted kinds. Where the server may not be asked (discovery is forbidden to the account), the built-in kinds are taken to be there.
 * A fault means that nothing is known.
 */
export async function discoverKinds(wanted: readonly WantedKind[], options: DiscoveryOptions): Promise<Exchanged<readonly FoundKind[]>> {
  const groups = await readGroups(options);
  if (groups.is === "forbidden") return { is: "ok", value: wanted.map((kind) => ({ wanted: kind, served: assumed(kind) })) };
  if (groups.is !== "ok") return groups;
  const resources = new Map<string, Resources>();
  for (const { group } of wanted) {
    for (const version of groups.value.get(group) ?? []) {
      const key = `${group}/${version}`;
      if (resources.has(key)) continue;
      const found = await readResources(group, version, options);
      if (found.is === "network" || found.is === "idle" || found.is === "unauthorised") return found;
      resources.set(key, found.is === "ok" ? found.value : undefined);
    }
  }
  return { is: "ok", value: wanted.map((kind) => ({ wanted: kind, served: waysTo(kind, groups.value, resources) })) };
}

function waysTo(kind: WantedKind, groups: Groups, resources: ReadonlyMap<string, Resources>): ServedKind[] {
  const { kind: name, namespaced, otherwise } = kind;
  const offered = groups.get(kind.group) ?? [];
  const version = (kind.versions ?? offered).find((candidate) => {
    const found = resources.get(`${kind.group}/${candidate}`);
    // A group that is served but did not answer (an aggregated API that is down) is asked all the same: it may come back.
    return offered.includes(candidate) && (found === undefined || found.has(kind.resource));
  });
  const first = version === undefined ? [] : [{ kind: name, group: kind.group, version, resource: kind.resource, namespaced }];
  return otherwise ? [...first, { kind: name, namespaced, ...otherwise }] : first;
}

function assumed(kind: WantedKind): ServedKind[] {
  const { kind: name, group, resource, namespaced, versions, otherwise } = kind;
  const first = versions?.[0] === undefined ? [] : [{ kind: name, group, version: versions[0], resource, namespaced }];
  return otherwise ? [...first, { kind: name, namespaced, ...otherwise }] : first;
}

async function readGroups(options: DiscoveryOptions): Promise<Exchanged<Groups>> {
  const body = await readObject("/apis", options);
  if (body.is !== "ok") return body;
  const groups = new Map<string, readonly string[]>([["", ["v1"]]]);
  for (const group of listAt(body.value, "groups")) {
    const name = isFields(group) ? textAt(group, "name") : undefined;
    if (!isFields(group) || name === undefined) continue;
    const preferred = textAt(fieldsAt(group, "preferredVersion"), "version");
    const versions = listAt(group, "versions").flatMap((entry) => (isFields(entry) ? (textAt(entry, "version") ?? []) : []));
    groups.set(name, [...new Set([...(preferred === undefined ? [] : [preferred]), ...versions])]);
  }
  return { is: "ok", value: groups };
}

async function readResources(group: string, version: string, options: DiscoveryOptions): Promise<Exchanged<ReadonlySet<string>>> {
  const body = await readObject(group === "" ? `/api/${version}` : `/apis/${group}/${version}`, options);
  if (body.is !== "ok") return body;
  const names = listAt(body.value, "resources").flatMap((resource) => {
    const verbs = isFields(resource) ? listAt(resource, "verbs") : [];
    return isFields(resource) && verbs.includes("list") && verbs.includes("watch") ? (textAt(resource, "name") ?? []) : [];
  });
  return { is: "ok", value: new Set(names) };
}

function readObject(path: string, { api, signal, silenceMs }: DiscoveryOptions): Promise<Exchanged<Record<string, unknown>>> {
  return exchange(api, { path, query: {}, silenceMs, signal }, async (chunks) => {
    const body = await readJson(chunks);
    const fault: KubeFault = { is: "unreadable", text: `${path} is no JSON object` };
    return isFields(body) ? { is: "ok", value: { ...body } } : fault;
  });
}
