// The page in a browser tab: JSON-RPC over the agent's WebSocket, the token from the address, the clipboard and downloads of the browser.
import { type Connection, type HostToPage, PAGE_PROTOCOL, type PageToHost } from "../protocol.ts";
import { formatHash, parseHash } from "../router.ts";
import { AgentConnection } from "./connection.ts";
import { copyText, saveFile } from "./desktop.ts";

const TOKEN_KEY = "kgroot.token";

/** Opens the connection once the page says it is ready, and keeps it open. */
export function openBrowserHost(listener: (message: HostToPage) => void): { post(message: PageToHost): void } {
  takeTokenFromAddress();
  const agent = new AgentConnection({
    token: () => stored(),
    protocol: PAGE_PROTOCOL,
    onState: (connection: Connection) => listener({ type: "connection", connection }),
    onMessage: listener,
  });
  addEventListener("hashchange", () => {
    if (takeTokenFromAddress()) agent.reconnect();
    listener({ type: "show", hash: location.hash });
  });
  addEventListener("online", () => agent.reconnect());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") agent.check();
  });
  return { post: (message) => act(message, agent, listener) };
}

function act(message: PageToHost, agent: AgentConnection, listener: (message: HostToPage) => void): void {
  switch (message.type) {
    case "ready":
    case "reconnect":
      agent.reconnect();
      return;
    case "token":
      store(message.token);
      agent.reconnect();
      return;
    case "call":
      agent.call(message);
      return;
    case "copy":
      copyText(message.text, (ok) => listener({ type: "done", what: "copy", ok }));
      return;
    case "copy-link": {
      const link = new URL(
        formatHash({ incident: message.incident, cluster: message.cluster, section: "graph" }),
        location.href.split("#")[0],
      );
      copyText(link.href, (ok) => listener({ type: "done", what: "copy", ok }));
      return;
    }
    case "save":
      saveFile(message);
      listener({ type: "done", what: "save", ok: true });
      return;
    case "route":
      if (formatHash(parseHash(location.hash).route) !== message.hash) history.pushState(null, "", message.hash);
  }
}

/** Moves the token out of the address into the tab's storage, so that it is in no copied link, no history and no screenshot. */
function takeTokenFromAddress(): boolean {
  const { route, token } = parseHash(location.hash);
  if (!token) return false;
  store(token);
  history.replaceState(null, "", formatHash(route));
  return true;
}

/** A browser may forbid storage; then the token lives as long as the page. */
let keptHere: string | undefined;

function store(token: string): void {
  keptHere = token;
  try {
    sessionStorage.setItem(TOKEN_KEY, token);
  } catch {
    return;
  }
}

function stored(): string | undefined {
  try {
    return keptHere ?? sessionStorage.getItem(TOKEN_KEY) ?? undefined;
  } catch {
    return keptHere;
  }
}
