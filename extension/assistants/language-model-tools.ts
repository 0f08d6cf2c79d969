// The tools that VS Code offers to language models: those of `kgroot mcp`, answered over this window's own connection.
import {
  type CancellationToken,
  type Disposable,
  LanguageModelTextPart,
  type LanguageModelTool,
  LanguageModelToolResult,
  l10n,
  lm,
  workspace,
} from "vscode";
import { answerTool, toolFailure } from "../../agent/client/assistant/answer-tool.ts";
import { ASSISTANT_TOOL_NAMES, type AssistantToolName } from "../../agent/protocol/assistant-tools.ts";
import { TOOL_PREFIX } from "../contributions.ts";
import type { AgentSession } from "../session/agent-session.ts";

/** Registers them. package.json offers them only while there is a connection; a call that comes all the same is told why not. */
export function languageModelTools(session: AgentSession): Disposable[] {
  return ASSISTANT_TOOL_NAMES.map((name) => lm.registerTool(`${TOOL_PREFIX}${name}`, toolOf(name, session)));
}

function toolOf(name: AssistantToolName, session: AgentSession): LanguageModelTool<unknown> {
  return {
    prepareInvocation: () => ({ invocationMessage: l10n.t("Asking kgroot ({0})", name) }),
    invoke: async ({ input }, token) => {
      if (!workspace.isTrusted) throw new Error(l10n.t("kgroot answers in trusted workspaces only."));
      const { state } = await session.settled();
      if (state !== "ready") throw new Error(l10n.t("kgroot is not connected to an agent: the view Incidents shows the ways in."));
      const signal = signalOf(token);
      try {
        const { text } = await answerTool(name, input, (method, params) => session.call(method, params, { signal }));
        return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
      } catch (error) {
        throw new Error(toolFailure(error), { cause: error });
      }
    },
  };
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
