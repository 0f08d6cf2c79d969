// The page inside VS Code: every message goes to the extension, which holds the connection, the token and the clipboard.
import type { HostToPage, PageToHost } from "../protocol.ts";

/** What VS Code gives to a webview, as far as it is used. */
export type VscodeApi = { postMessage(message: unknown): void; setState(state: unknown): void };

/** VS Code's door, when there is one. It may be asked for only once in the life of a page. */
export function vscodeApi(): VscodeApi | undefined {
  const acquire: unknown = Reflect.get(globalThis, "acquireVsCodeApi");
  return typeof acquire === "function" ? (acquire() as VscodeApi) : undefined;
}

/** Passes messages on. The route is also kept as the webview's state, so that a reloaded window shows the same incident. */
export function openVscodeHost(api: VscodeApi, listener: (message: HostToPage) => void): { post(message: PageToHost): void } {
  addEventListener("message", (event: MessageEvent<unknown>) => {
    if (isHostMessage(event.data)) listener(event.data);
  });
  return {
    post: (message) => {
      if (message.type === "route") api.setState({ hash: message.hash });
      api.postMessage(message);
    },
  };
}

const KNOWN: ReadonlySet<unknown> = new Set([
  "connection",
  "result",
  "failure",
  "incidents/changed",
  "stats/changed",
  "show",
  "done",
] satisfies HostToPage["type"][]);

/** Other extensions' frames may post to the window too: only known messages pass. */
function isHostMessage(data: unknown): data is HostToPage {
  return typeof data === "object" && data !== null && KNOWN.has(Reflect.get(data, "type"));
}
