// What a person is told when a command fails: what happened and, where it helps, what to do.
import { l10n } from "vscode";
import { ConnectionError, RpcError } from "../../agent/client/errors.ts";
import { RPC_ERRORS } from "../../agent/protocol/rpc.ts";
import { FAILURE_CHARS_MAX, harmless } from "../incidents/words.ts";

/** Undefined when the person cancelled: that needs no telling. */
export function failureWords(error: unknown): string | undefined {
  if (error instanceof RpcError) return rpcWords(error);
  if (error instanceof ConnectionError) return connectionWords(error);
  if (error instanceof Error && error.name === "AbortError") return undefined;
  return harmless(error instanceof Error ? error.message : String(error), FAILURE_CHARS_MAX);
}

function rpcWords({ code, message }: RpcError): string | undefined {
  const text = harmless(message, FAILURE_CHARS_MAX);
  if (code === RPC_ERRORS.cancelled) return undefined;
  if (code === RPC_ERRORS.forbidden) return l10n.t("Your token does not allow this: {0}", text);
  if (code === RPC_ERRORS.conflict) return l10n.t("The agent is busy with something else: {0}", text);
  if (code === RPC_ERRORS.tooBusy) return l10n.t("The agent has too much to do; try again in a minute.");
  return text;
}

function connectionWords({ failure, message }: ConnectionError): string {
  if (failure === "lost") return l10n.t("The connection to the agent was lost; whether it did what was asked is not known.");
  if (failure === "timeout") return l10n.t("The agent did not answer in time.");
  return harmless(message, FAILURE_CHARS_MAX);
}
