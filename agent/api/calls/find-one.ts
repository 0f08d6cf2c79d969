// An identifier that may exist in several clusters: the one that is meant, or the fault that says what to do.

import type { ResourceId } from "../../domain/identity.ts";
import type { Incident } from "../../domain/incident.ts";
import type { Resource } from "../../domain/resource.ts";
import type { GraphReader } from "../../store/port.ts";
import { ApiFault } from "../fault.ts";

// Lives of one uid and clusters that share it: a handful at most.
const MATCHES_MAX = 20;

/** The incident with this id or alias. */
export async function findIncident(store: GraphReader, id: string, cluster: string | undefined): Promise<Incident> {
  return onlyOne(await store.findIncidents(id, cluster), `incident ${id}`);
}

/** The resource with this uid, or with this rid: a stub has no uid. */
export async function findResource(
  store: GraphReader,
  query: { uid: string; cluster: string | undefined; atMs: number | undefined },
): Promise<Resource> {
  const { uid, cluster, atMs } = query;
  const rest = { cluster, atMs, limit: MATCHES_MAX };
  const byUid = await store.findResources({ uid, ...rest });
  const found = byUid.length === 0 && uid.includes(":") ? await store.findResources({ rid: uid as ResourceId, ...rest }) : byUid;
  return onlyOne(found, `resource ${uid}${atMs === undefined ? "" : " at that time"}`);
}

/** The fault of an identifier that exists in several clusters (contracts.md §8). */
export function ambiguous(what: string, clusters: readonly string[]): ApiFault {
  const names = [...new Set(clusters)].sort();
  return new ApiFault("conflict", `${what} exists in several clusters: ${names.join(", ")}; say which one with cluster`, {
    clusters: names,
  });
}

function onlyOne<T extends { readonly cluster: string }>(found: readonly T[], what: string): T {
  const [first] = found;
  if (!first) throw new ApiFault("notFound", `there is no ${what}`);
  if (found.some(({ cluster }) => cluster !== first.cluster))
    throw ambiguous(
      what,
      found.map(({ cluster }) => cluster),
    );
  return first;
}
