// The second half of a reflector: changes as they come, from a version on, until the server ends the stream or something breaks.
import { type Fields, fieldsAt, isFields, textAt } from "../../fields.ts";
import { readLines } from "../../lines.ts";
import type { KubeApi, KubeFault } from "../kube-api.ts";
import { faultOfStatus } from "../kube-api.ts";
import { apiVersionOf, pathOf, type ServedKind } from "../watched-kinds.ts";
import { type Exchanged, exchange } from "./exchange.ts";

/** etcd takes no object over 1.5 MB; as JSON with managedFields it can be a few times that. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;

/** The server ends a watch after this long, drawn anew each time so that all watches do not end together. */
const WATCH_SECONDS_MIN = 240;
const WATCH_SECONDS_SPAN = 240;

/** A change, or only the news that the version moved on. */
export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: Fields; readonly version: string | undefined }
  | { readonly type: "BOOKMARK"; readonly version: string | undefined };

/** What to watch, and who takes each event; a returned promise stops the reading until it resolves. */
export type WatchOptions = {
  readonly api: KubeApi;
  readonly kind: ServedKind;
  readonly namespace: string | undefined;
  readonly fromVersion: string;
  readonly silenceMs: number;
  /** 0..1. */
  readonly random: number;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onEvent: (event: WatchEvent) => Promise<void> | undefined;
};

/** Watches until the server ends the stream (`ok`), or a fault. */
export function watch(options: WatchOptions): Promise<Exchanged<undefined>> {
  const { api, kind, namespace, fromVersion, silenceMs, random, signal } = options;
  const query = {
    watch: "1",
    allowWatchBookmarks: "true",
    resourceVersion: fromVersion,
    timeoutSeconds: String(Math.round(WATCH_SECONDS_MIN + random * WATCH_SECONDS_SPAN)),
  };
  return exchange(api, { path: pathOf(kind, namespace), query, silenceMs, signal }, (chunks) => follow(chunks, options));
}

async function follow(chunks: AsyncIterable<Uint8Array>, { kind, onOpen, onEvent }: WatchOptions): Promise<Exchanged<undefined>> {
  onOpen();
  for await (const line of readLines(chunks, LINE_BYTES_MAX)) {
    if ("tooLong" in line) return { is: "unreadable", text: `an event is longer than ${LINE_BYTES_MAX} bytes` };
    if (line.text === "") continue;
    const event = parseEvent(line.text, kind);
    if ("is" in event) return event;
    const waits = onEvent(event);
    if (waits !== undefined) await waits;
  }
  return { is: "ok", value: undefined };
}

function parseEvent(text: string, kind: ServedKind): WatchEvent | KubeFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The connection broke off within a line.
    return { is: "network", text: "the stream broke off within an event" };
  }
  const object = isFields(value) ? fieldsAt(value, "object") : undefined;
  const type = isFields(value) ? textAt(value, "type") : undefined;
  if (object === undefined) return { is: "unreadable", text: "an event holds no object" };
  const version = textAt(fieldsAt(object, "metadata"), "resourceVersion");
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return { type, object: { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind }, version };
    case "BOOKMARK":
      return { type, version };
    case "ERROR":
      return faultOfStatus(object);
    default:
      return { is: "unreadable", text: "an event is of no known type" };
  }
}
