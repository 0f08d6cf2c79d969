// The one door to whatever the page runs in: a browser tab served by the agent, or a VS Code webview. Nothing else knows which it is.
import { openBrowserHost } from "./host/browser-host.ts";
import { openVscodeHost, vscodeApi } from "./host/vscode-host.ts";
import type { HostToPage, PageToHost } from "./protocol.ts";

/** Sends to the host; what the host says arrives at the listener given on opening. */
export type Host = { post(message: PageToHost): void };

/** Opens the host that is there. */
export function openHost(listener: (message: HostToPage) => void): Host {
  const api = vscodeApi();
  return api ? openVscodeHost(api, listener) : openBrowserHost(listener);
}
