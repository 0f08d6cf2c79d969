// Where the page is, as the fragment of its address: `#/incident/<id>/<section>&cluster=<name>&token=<token>`, every part optional.

export const SECTIONS = ["graph", "timeline", "blast", "causes", "gaps", "similar"] as const;

/** A tab of the incident. */
export type Section = (typeof SECTIONS)[number];

/** Which incident and which tab are shown; `cluster` tells apart equal ids. */
export type Route = { readonly incident?: string; readonly cluster?: string; readonly section: Section };

/** The route and, when the address carries one, the token. Unknown parts are ignored. */
export function parseHash(hash: string): { readonly route: Route; readonly token?: string } {
  let path: readonly string[] = [];
  let cluster: string | undefined;
  let token: string | undefined;
  for (const part of hash.replace(/^#/, "").split("&")) {
    if (part.startsWith("/")) path = part.slice(1).split("/").map(decode);
    else if (part.startsWith("cluster=")) cluster = decode(part.slice("cluster=".length));
    else if (part.startsWith("token=")) token = decode(part.slice("token=".length));
  }
  const incident = path[0] === "incident" && path[1] ? path[1] : undefined;
  const section = SECTIONS.find((known) => known === path[2]) ?? "graph";
  const route: Route = { section, ...(incident ? { incident } : {}), ...(incident && cluster ? { cluster } : {}) };
  return token ? { route, token } : { route };
}

/** The fragment of a route; never with a token, so that it can be shared. */
export function formatHash(route: Route): string {
  if (!route.incident) return "#/";
  const section = route.section === "graph" ? "" : `/${route.section}`;
  const cluster = route.cluster ? `&cluster=${encodeURIComponent(route.cluster)}` : "";
  return `#/incident/${encodeURIComponent(route.incident)}${section}${cluster}`;
}

/** A fragment typed by hand may hold a stray percent sign; then it is taken as it stands. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
