// The first half of a reflector: a whole list, page by page, and the version at which a watch goes on from it.
import { type Fields, fieldsAt, isFields, listAt, textAt } from "../../fields.ts";
import type { KubeApi } from "../kube-api.ts";
import { readJson } from "../kube-api.ts";
import { apiVersionOf, pathOf, type ServedKind } from "../watched-kinds.ts";
import { type Exchanged, exchange } from "./exchange.ts";

const PAGE_OBJECTS = 500;

/** What to list, and who takes the objects of each page; a returned promise holds the next page back. */
export type ListOptions = {
  readonly api: KubeApi;
  readonly kind: ServedKind;
  readonly namespace: string | undefined;
  readonly silenceMs: number;
  /** False: everything in one answer. */
  readonly paged: boolean;
  readonly signal: AbortSignal;
  readonly onObject: (object: Fields) => Promise<void> | undefined;
};

/** Lists everything; the value is the list's resource version. A list that breaks off is a fault: what was seen until then proves nothing about what was not. */
export async function listAll(options: ListOptions): Promise<Exchanged<string>> {
  let token: string | undefined;
  for (;;) {
    const page = await readPage(options, token);
    if (page.is !== "ok") return page;
    for (const item of listAt(page.value, "items")) {
      const waits = isFields(item) ? options.onObject(named(item, options.kind)) : undefined;
      if (waits !== undefined) await waits;
    }
    const meta = fieldsAt(page.value, "metadata");
    token = textAt(meta, "continue");
    if (token === undefined) return { is: "ok", value: textAt(meta, "resourceVersion") ?? "" };
  }
}

function readPage({ api, kind, namespace, silenceMs, signal, paged }: ListOptions, token: string | undefined): Promise<Exchanged<Fields>> {
  const query = { ...(paged ? { limit: String(PAGE_OBJECTS) } : {}), ...(token === undefined ? {} : { continue: token }) };
  return exchange(api, { path: pathOf(kind, namespace), query, silenceMs, signal }, async (chunks) => {
    const body = await readJson(chunks);
    return isFields(body) ? { is: "ok", value: body } : { is: "unreadable", text: "the list is no JSON object" };
  });
}

/** Items of a list do not say what they are. */
function named(item: Fields, kind: ServedKind): Fields {
  return { ...item, apiVersion: apiVersionOf(kind), kind: kind.kind };
}
