// Answers what a page asks: calls go to the agent; clipboard, files, links and tokens are VS Code's.
import { env, Uri, window, workspace } from "vscode";
import { RpcError } from "../../agent/client/errors.ts";
import type { RpcMethods } from "../../agent/protocol/rpc.ts";
import type { HostToPage, PageToHost } from "../../webview/protocol.ts";
import { EXTENSION_ID } from "../contributions.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { deepLink } from "./incident-ref.ts";
import { pageConnection } from "./page-connection.ts";

/** How one page is answered. `moved` is told where the page is; `takeToken` keeps a token that was typed into the page, and connects with it. */
export type PageAnswer = {
  readonly session: AgentSession;
  readonly tell: (message: HostToPage) => void;
  readonly moved: (hash: string) => void;
  readonly takeToken: (token: string) => Promise<void>;
};

/** Does what the message asks. Never throws: the page is told. */
export async function answerPage(message: PageToHost, { session, tell, moved, takeToken }: PageAnswer): Promise<void> {
  switch (message.type) {
    case "ready":
      tell({ type: "connection", connection: pageConnection(session.state) });
      return;
    case "reconnect":
      await session.retry();
      return;
    case "token":
      await takeToken(message.token);
      return;
    case "call":
      tell(await callAnswer(message, session));
      return;
    case "copy":
      tell({ type: "done", what: "copy", ok: await copied(message.text) });
      return;
    case "copy-link": {
      const link = deepLink(env.uriScheme, EXTENSION_ID, { id: message.incident, cluster: message.cluster });
      tell({ type: "done", what: "copy", ok: await copied(link) });
      return;
    }
    case "save":
      await save(message.name, message.text, tell);
      return;
    case "route":
      moved(message.hash);
  }
}

type PageCall = Extract<PageToHost, { type: "call" }>;

async function callAnswer({ id, method, params }: PageCall, session: AgentSession): Promise<HostToPage> {
  try {
    // The agent checks the parameters; the page's method names are among its own (page-messages.ts).
    return { type: "result", id, result: await session.call(method, params as RpcMethods[typeof method][0]) };
  } catch (error) {
    const code = error instanceof RpcError ? error.code : 0;
    return { type: "failure", id, code, message: error instanceof Error ? error.message : String(error) };
  }
}

async function copied(text: string): Promise<boolean> {
  try {
    await env.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Asks where to; nothing is told when the person thinks better of it. */
async function save(name: string, text: string, tell: PageAnswer["tell"]): Promise<void> {
  const [folder] = workspace.workspaceFolders ?? [];
  const plain = name.replace(/[^\w. -]+/g, "-");
  const file = await window.showSaveDialog(folder ? { defaultUri: Uri.joinPath(folder.uri, plain) } : {});
  if (!file) return;
  try {
    await workspace.fs.writeFile(file, new TextEncoder().encode(text));
    tell({ type: "done", what: "save", ok: true });
  } catch (error) {
    void window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
