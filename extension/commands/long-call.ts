// A call that takes long: progress in a notification, with a button that cancels it in the agent too.
import { type CancellationToken, ProgressLocation, window } from "vscode";
import type { RpcMethods } from "../../agent/protocol/rpc.ts";
import type { AgentSession } from "../session/agent-session.ts";

/** Makes the call. Throws as the call does; a cancelled one throws an AbortError or RpcError `cancelled`. */
export async function longCall<M extends keyof RpcMethods>(
  session: AgentSession,
  title: string,
  method: M,
  params: RpcMethods[M][0],
): Promise<RpcMethods[M][1]> {
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    let shown = 0;
    return session.call(method, params, {
      signal: abortedBy(token),
      onProgress: ({ done, total, what }) => {
        const share = total > 0 ? Math.floor((100 * done) / total) : 0;
        progress.report({ message: what, increment: Math.max(0, share - shown) });
        shown = Math.max(shown, share);
      },
    });
  });
}

/** A signal that follows VS Code's token. */
export function abortedBy(token: CancellationToken): AbortSignal {
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  return abort.signal;
}
