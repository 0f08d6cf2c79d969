// What the page may ask of the extension, checked: a webview shows hostile text, so nothing it sends is taken on trust.
import type { PageMethod, PageToHost } from "../../webview/protocol.ts";

/** The calls that a page may make; the type holds the list complete. */
const METHODS: Readonly<Record<PageMethod, true>> = {
  "incidents/list": true,
  "incidents/get": true,
  "incidents/graph": true,
  "incidents/acknowledge": true,
  "graph/stats": true,
  "mutes/add": true,
  "mutes/remove": true,
  feedback: true,
};

/** A report of a large incident is below 1 MB; a picture of 500 nodes below 5. */
const TEXT_CHARS_MAX = 20_000_000;

/** The message; undefined when it is none. */
export function parsePageMessage(value: unknown): PageToHost | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, id, method, params, token, text, incident, cluster, name, mime, hash } = value as Record<string, unknown>;
  switch (type) {
    case "ready":
    case "reconnect":
      return { type };
    case "call":
      return typeof id === "number" && isMethod(method) ? { type, id, method, params } : undefined;
    case "token":
      return isText(token) ? { type, token } : undefined;
    case "copy":
      return isText(text) ? { type, text } : undefined;
    case "copy-link":
      return isText(incident) && isText(cluster) ? { type, incident, cluster } : undefined;
    case "save":
      return isText(name) && isText(mime) && isText(text) ? { type, name, mime, text } : undefined;
    case "route":
      return isText(hash) ? { type, hash } : undefined;
    default:
      return undefined;
  }
}

function isMethod(value: unknown): value is PageMethod {
  return typeof value === "string" && Object.hasOwn(METHODS, value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= TEXT_CHARS_MAX;
}
