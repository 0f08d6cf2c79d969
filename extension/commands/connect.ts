// Connect to an agent that runs elsewhere: address and token are tried before they are kept, the token in SecretStorage.
import { l10n, type SecretStorage, window } from "vscode";
import { ApiError } from "../../agent/client/errors.ts";
import { request } from "../../agent/client/http.ts";
import { harmless } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { knock } from "../session/knock.ts";
import { parseAddress, type SessionState, targetOf } from "../session/session-state.ts";
import { openTarget } from "./open-target.ts";

const PROBE_MS = 10_000;

/** Key of an agent's token in SecretStorage. */
export function tokenKey(url: string): string {
  return `token:${url}`;
}

/** The command. */
export function connectToAgent(session: AgentSession, secrets: SecretStorage): () => Promise<void> {
  return async () => {
    const url = await askAddress(session.state);
    if (url === undefined) return;
    const kept = await secrets.get(tokenKey(url));
    const token = await askToken(url, kept);
    if (token === undefined) return;
    if (token.value === undefined) await secrets.delete(tokenKey(url));
    else await secrets.store(tokenKey(url), token.value);
    await openTarget(session, { kind: "remote", url });
  };
}

/** Asks until an agent answers there, or the person gives up. */
async function askAddress(state: SessionState): Promise<string | undefined> {
  const target = targetOf(state);
  let value = target?.kind === "remote" ? target.url : "http://127.0.0.1:8080";
  let complaint = "";
  while (true) {
    const text = await window.showInputBox({
      ignoreFocusOut: true,
      title: l10n.t("Connect to an agent (1/2): address"),
      prompt: `${complaint}${l10n.t("Where the agent listens, such as http://127.0.0.1:8080")}`,
      value,
      validateInput: (typed) => addressComplaint(typed),
    });
    const address = text === undefined ? undefined : parseAddress(text);
    if (text === undefined || address === undefined || !("url" in address)) return undefined;
    const door = await knock(address.url);
    if (door === "agent") return address.url;
    complaint =
      door === "stranger"
        ? `${l10n.t("What answers at {0} is no kgroot agent.", address.url)} `
        : `${l10n.t("Nothing answers at {0}. Is the agent running?", address.url)} `;
    value = text;
  }
}

function addressComplaint(text: string): string | undefined {
  const address = parseAddress(text);
  if ("url" in address) return undefined;
  return address.reason === "not-http"
    ? l10n.t("The address must begin with http:// or https://.")
    : l10n.t("This is not an address such as http://127.0.0.1:8080.");
}

/** A token that the agent accepts; without a value where none is needed. Undefined: the person gave up. */
async function askToken(url: string, kept: string | undefined): Promise<{ readonly value: string | undefined } | undefined> {
  let refusal = await refusalOf(url, kept);
  if (refusal === undefined) return { value: kept };
  let prompt = kept === undefined ? l10n.t("The agent wants a token. It is kept in VS Code's secret storage.") : refusal;
  while (true) {
    const typed = await window.showInputBox({
      ignoreFocusOut: true,
      title: l10n.t("Connect to an agent (2/2): token"),
      prompt,
      password: true,
    });
    if (typed === undefined) return undefined;
    refusal = await refusalOf(url, typed.trim());
    if (refusal === undefined) return { value: typed.trim() };
    prompt = refusal;
  }
}

/** Why the agent does not let us in; undefined when it does. */
async function refusalOf(url: string, token: string | undefined): Promise<string | undefined> {
  try {
    await request(url, { method: "GET", path: "/api/v1/config" }, { token, timeoutMs: PROBE_MS });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return l10n.t("The agent does not accept this token.");
    return harmless(error instanceof Error ? error.message : String(error));
  }
}
