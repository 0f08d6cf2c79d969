// The session's state as the page knows connections.
import type { Connection } from "../../webview/protocol.ts";
import type { SessionState } from "../session/session-state.ts";

/** What the page is told. */
export function pageConnection(state: SessionState): Connection {
  switch (state.state) {
    case "none":
      return { state: "waiting", retryAtMs: 0, why: "No agent is connected." };
    case "starting":
    case "connecting":
      return { state: "connecting" };
    case "ready":
      return { state: "ready", hello: state.hello };
    case "stale":
      return { state: "waiting", retryAtMs: state.retryAtMs, why: state.why };
    case "failed":
      if (state.because === "start") return { state: "waiting", retryAtMs: 0, why: state.detail };
      return { state: "refused", because: state.because, detail: state.detail };
  }
}
