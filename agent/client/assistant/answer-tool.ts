// Answers a tool that an assistant calls: asks the agent, and says it as bounded data and text marked as untrusted. Reads only.
import { ASSISTANT_TOOLS, type AssistantToolName, UNTRUSTED_NOTICE } from "../../protocol/assistant-tools.ts";
import type { RpcMethods } from "../../protocol/rpc.ts";
import { explanation, incidentRadius, pageAnswer, timelineAnswer } from "./incident-answers.ts";
import { framed, plain } from "./plain-text.ts";
import { neighbourhood, resourceRadius } from "./resource-answers.ts";
import { outline, type ToolData } from "./tool-data.ts";
import { type CheckedInput, checkInput, ToolInputError } from "./tool-input.ts";

/** The calls that tools make: none of them changes anything. */
export type AskedMethod = "incidents/list" | "incidents/get" | "incidents/graph" | "rca" | "graph/resource" | "graph/topology";

/** How the agent is asked. */
export type Ask = <M extends AskedMethod>(method: M, params: RpcMethods[M][0]) => Promise<RpcMethods[M][1]>;

/** What a tool answers: the same as text for a model and as data for a program. */
export type ToolAnswer = { readonly text: string; readonly data: { readonly notice: string; readonly cluster_data: ToolData } };

/** Longest answer in characters, as text and as JSON each: about 8,000 tokens. */
export const ANSWER_LENGTH_MAX = 24_000;

// Lists are cut to these parts until the answer fits.
const SCALES = [1, 0.5, 0.25, 0.1, 0.02];

/** Makes an answer with so much of its lists. */
type Build = (scale: number) => ToolData;

/** Answers one call of a tool. Throws ToolInputError, and whatever `ask` throws. */
export async function answerTool(name: AssistantToolName, input: unknown, ask: Ask): Promise<ToolAnswer> {
  return fitted(await HANDLERS[name](checkInput(ASSISTANT_TOOLS[name], input), ask));
}

/** Why a call failed, for the model that made it: it may do better next time. The agent's words may quote a cluster. */
export function toolFailure(error: unknown): string {
  return plain(error instanceof Error ? error.message : String(error), 1_000);
}

const HANDLERS: Readonly<Record<AssistantToolName, (input: CheckedInput, ask: Ask) => Promise<Build>>> = {
  list_incidents: async (input, ask) => {
    const state = input.text("state") ?? "open";
    const page = await ask("incidents/list", {
      ...texts(input, "cluster", "namespace", "severity", "since", "cursor"),
      ...(state === "open" || state === "resolved" ? { state } : {}),
      limit: input.count("limit"),
    });
    return (scale) => pageAnswer(page, scale);
  },
  explain_incident: async (input, ask) => {
    const graph = await ask("incidents/graph", incidentParams(input));
    return (scale) => explanation(graph, scale);
  },
  incident_timeline: async (input, ask) => {
    const graph = await ask("incidents/graph", incidentParams(input));
    const wanted = { limit: input.count("limit"), offset: input.count("offset") };
    return (scale) => timelineAnswer(graph, wanted, scale);
  },
  blast_radius: async (input, ask) => {
    if (input.text("incident_id") !== undefined) {
      const incident = await ask("incidents/get", incidentParams(input));
      return (scale) => incidentRadius(incident, scale);
    }
    const cluster = texts(input, "cluster");
    const { uid, rid, cluster: home } = await ask("graph/resource", { uid: resourceParam(input), ...cluster });
    const rca = await ask("rca", { resource_uid: uid ?? rid, cluster: home });
    return (scale) => resourceRadius(rca, scale);
  },
  resource_neighbourhood: async (input, ask) => {
    const near = await ask("graph/topology", { uid: resourceParam(input), depth: input.count("depth"), ...texts(input, "cluster", "at") });
    return (scale) => neighbourhood(near, scale);
  },
};

function incidentParams(input: CheckedInput): { id: string; cluster?: string } {
  return { id: input.text("incident_id") ?? "", ...texts(input, "cluster") };
}

/** The id that was given, or the name as an id: the agent finds a resource by either. */
function resourceParam(input: CheckedInput): string {
  const [resource, kind, namespace, name] = ["resource", "kind", "namespace", "name"].map((key) => input.text(key));
  if (resource !== undefined) return resource;
  if (kind === undefined || name === undefined)
    throw new ToolInputError("say which resource: by resource, or by kind and name (and namespace)");
  return [kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join(":");
}

function texts<K extends string>(input: CheckedInput, ...names: readonly K[]): { [N in K]?: string } {
  const given = names.flatMap((name) => {
    const value = input.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given) as { [N in K]?: string };
}

/** The fullest answer that fits. */
function fitted(build: Build): ToolAnswer {
  let answer: ToolAnswer | undefined;
  for (const scale of SCALES) {
    const cluster_data = build(scale);
    answer = { text: framed(outline(cluster_data)), data: { notice: UNTRUSTED_NOTICE, cluster_data } };
    if (answer.text.length <= ANSWER_LENGTH_MAX && JSON.stringify(answer.data).length <= ANSWER_LENGTH_MAX) return answer;
  }
  if (answer === undefined) throw new Error("there is no scale to answer at");
  return answer;
}
