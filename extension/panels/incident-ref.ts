// Which incident is meant, in the forms in which it is passed around: the page's route, a deep link, a document's address.

/** An incident by its id; the cluster tells equal ids apart. */
export type IncidentRef = { readonly id: string; readonly cluster: string | undefined };

const ID_CHARS_MAX = 200;

/** The page's route to an incident. */
export function routeOf({ id, cluster }: IncidentRef): string {
  return `#/incident/${encodeURIComponent(id)}${cluster === undefined ? "" : `&cluster=${encodeURIComponent(cluster)}`}`;
}

/** The incident of a route; undefined when it names none. */
export function refOfRoute(hash: unknown): IncidentRef | undefined {
  if (typeof hash !== "string") return undefined;
  const [, id, cluster] = /^#\/incident\/([^/&]+)(?:\/[^&]*)?(?:&cluster=([^&]*))?$/.exec(hash) ?? [];
  return checked(decoded(id), decoded(cluster));
}

/** The address that opens an incident in VS Code. */
export function deepLink(scheme: string, extensionId: string, { id, cluster }: IncidentRef): string {
  const query = cluster === undefined ? "" : `?cluster=${encodeURIComponent(cluster)}`;
  return `${scheme}://${extensionId}/incident/${encodeURIComponent(id)}${query}`;
}

/** The incident of a deep link's path and query (as VS Code hands them out: the path is decoded); undefined when it names none. */
export function refOfLink(path: string, query: string): IncidentRef | undefined {
  const [, id] = /^\/incident\/([^/]+)$/.exec(path) ?? [];
  return checked(id, new URLSearchParams(query).get("cluster") ?? undefined);
}

function checked(id: string | undefined, cluster: string | undefined): IncidentRef | undefined {
  if (!id || id.length > ID_CHARS_MAX || (cluster ?? "").length > ID_CHARS_MAX) return undefined;
  return { id, cluster: cluster || undefined };
}

function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
