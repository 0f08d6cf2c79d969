// A log line or event that names a Service tells of a call, also where no environment value does; and also when the Service is seen only later.
import type { Episode } from "../domain/episode.ts";
import type { Relation } from "../domain/relation.ts";
import { EXTERNAL } from "../graph/edge-table.ts";
import { type GraphNode, nameKey } from "../graph/graph-node.ts";
import { callsInText } from "../graph/topology/calls.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Names heard that no Service has, and callers remembered of each; most are no Services at all. 1024 x 16 x about 300 B: 5 MB. */
const NAMES_MAX = 1_024;
const CALLERS_MAX = 16;

/** What was said and when. */
type Words = Pick<Episode, "target" | "message" | "firstMs">;

/** What was said by whom; by its node, which keeps being the same when it learns its uid. */
export type Heard = Words & { readonly node: GraphNode };

/** Notes the calls that a pod's words tell of. Gives the edges that opened. */
export function noteCall(state: ClusterState, node: GraphNode, words: Words): readonly Relation[] {
  const { resource } = node;
  const heard: Heard = { ...words, node };
  if (resource.kind !== "Pod" || !heard.target) return [];
  // A bare name says too little to be looked up as text; with a port it is an address.
  const address = /[:.]/.test(heard.target) ? heard.target : `${heard.target}:80`;
  return callsInText(address, resource.namespace ?? "").flatMap(({ service, namespace }) => {
    const called = state.graph.liveByName("Service", namespace, service);
    if (called?.resource.object) return openCall(state, called, heard);
    remember(state, nameKey("Service", namespace, service), heard);
    return [];
  });
}

/** A Service is there now: those who were heard calling it did call it. */
export function answerCalls(state: ClusterState, { resource }: GraphNode): readonly Relation[] {
  if (resource.kind !== "Service") return [];
  const key = nameKey("Service", resource.namespace, resource.name);
  const callers = [...(state.heardCalls.get(key)?.values() ?? [])];
  state.heardCalls.delete(key);
  const called = state.graph.liveByName("Service", resource.namespace, resource.name);
  return called ? callers.flatMap((heard) => openCall(state, called, heard)) : [];
}

/** After a restart: what the episodes in memory say is heard again. */
export function hearAgain(state: ClusterState): void {
  for (const episode of state.book.all()) {
    const node = state.graph.node(episode.rid);
    if (node && episode.target) noteCall(state, node, episode);
  }
}

function openCall(state: ClusterState, called: GraphNode, { node, message, firstMs }: Heard): readonly Relation[] {
  const edge = {
    type: "CALLS",
    source: node.resource.rid,
    target: called.resource.rid,
    byName: true,
    evidence: message.slice(0, 200),
  } as const;
  const relation = state.graph.edges.open(edge, EXTERNAL, firstMs);
  return relation ? [relation] : [];
}

function remember({ heardCalls }: ClusterState, key: string, heard: Heard): void {
  const callers = heardCalls.get(key) ?? new Map<GraphNode, Heard>();
  heardCalls.delete(key);
  heardCalls.set(key, callers);
  if (callers.size < CALLERS_MAX && !callers.has(heard.node)) callers.set(heard.node, heard);
  if (heardCalls.size > NAMES_MAX) heardCalls.delete(heardCalls.keys().next().value as string);
}
