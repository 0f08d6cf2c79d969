// How this window stands with an agent.
import type { HelloResult, Role } from "../../agent/protocol/rpc.ts";

/** An agent that the extension starts, each with a store of its own: a throw-away one for the demo, one that takes what is sent to it, one that watches a cluster of the kubeconfig. */
export type OwnTarget = { readonly kind: "demo" } | { readonly kind: "local" } | { readonly kind: "cluster"; readonly context: string };

/** Which agent is meant; `remote` is one that runs elsewhere. */
export type Target = OwnTarget | { readonly kind: "remote"; readonly url: string };

/** Why there is no connection and none is tried: the agent cannot be started, refuses the token, or speaks another protocol. */
export type FailureCause = "start" | "token" | "version";

/** `starting`: its process is being started; `connecting`: never connected yet; `stale`: was connected, what is shown may be old. */
export type SessionState =
  | { readonly state: "none" }
  | { readonly state: "starting"; readonly target: Target }
  | { readonly state: "connecting"; readonly target: Target; readonly url: string }
  | { readonly state: "ready"; readonly target: Target; readonly url: string; readonly hello: HelloResult }
  | { readonly state: "stale"; readonly target: Target; readonly why: string; readonly retryAtMs: number }
  | { readonly state: "failed"; readonly target: Target; readonly because: FailureCause; readonly detail: string };

/** The target, if there is one. */
export function targetOf(state: SessionState): Target | undefined {
  return state.state === "none" ? undefined : state.target;
}

/** Whether two targets are the same agent. */
export function isSameTarget(a: Target, b: Target): boolean {
  if (a.kind === "remote") return b.kind === "remote" && a.url === b.url;
  return a.kind === "cluster" ? b.kind === "cluster" && a.context === b.context : a.kind === b.kind;
}

/** What the token may do; undefined while there is no connection. */
export function roleOf(state: SessionState): Role | undefined {
  return state.state === "ready" ? state.hello.role : undefined;
}

/** A target as it was kept in VS Code's storage; undefined when it is none. */
export function parseTarget(value: unknown): Target | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, url, context } = value as { kind?: unknown; url?: unknown; context?: unknown };
  if (kind === "demo" || kind === "local") return { kind };
  if (kind === "cluster") return typeof context === "string" && context !== "" ? { kind, context } : undefined;
  return kind === "remote" && typeof url === "string" && URL.canParse(url) ? { kind, url } : undefined;
}

/** The address as it is kept, without path; or why it is none. */
export function parseAddress(text: string): { readonly url: string } | { readonly reason: "not-an-address" | "not-http" } {
  const trimmed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (trimmed === "" || !URL.canParse(withScheme)) return { reason: "not-an-address" };
  const { protocol, origin } = new URL(withScheme);
  return protocol === "http:" || protocol === "https:" ? { url: origin } : { reason: "not-http" };
}
