// What clients' log lines say of their server becomes an episode of that server: it may be well by every condition and say nothing itself.

import { textAt } from "../detectors/read-json.ts";
import { containersOf } from "../detectors/read-pod.ts";
import { displayName } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import type { Occurrence } from "../domain/signal.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import { workloadOf } from "../graph/workload.ts";
import { ACCUSATIONS, ENGINES, type Engine } from "../knowledge/accusations.ts";
import { occurrenceId } from "../sources/occurrence-id.ts";
import type { RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";
import { episodeOfOccurrence } from "./episodes.ts";
import { recordEpisode } from "./record-episode.ts";

/** Kinds that run servers. */
const SERVER_KINDS = ["StatefulSet", "Deployment"] as const;
/** Workloads of a namespace that are looked at. */
const WORKLOADS_MAX = 2_000;
/** Names that share this many first letters belong to one application; fewer may be chance. */
const SHARED_PREFIX_MIN = 2;

/** Records what a client's line says of its server, when it can be told which server that is. */
export function accuseServer(state: ClusterState, client: GraphNode, occurrence: Occurrence, tally: RecordTally): void {
  const accusation = occurrence.etype === "k8s.log" ? ACCUSATIONS[occurrence.reason] : undefined;
  const engine = accusation && ENGINES.find(({ says }) => says.test(occurrence.message));
  if (!accusation || !engine) return;
  const server = serverOf(state, client, engine, occurrence.target);
  if (!server) return;
  const { cluster, rid, kind, uid, namespace, name } = server;
  const message = `${engine.id} server ${displayName(server)} ${accusation.phrase}, says its client ${displayName(client.resource)}: ${occurrence.message}`;
  const subject = { kind, uid, namespace, name };
  const { firstMs: timeMs } = occurrence;
  const eid = occurrenceId({
    cluster,
    etype: "k8s.log",
    subject,
    reason: accusation.reason,
    discriminator: engine.id,
    timeMs,
    text: occurrence.eid,
  });
  const told: Occurrence = {
    ...occurrence,
    eid,
    reason: accusation.reason,
    discriminator: engine.id,
    message,
    subject,
    severity: "ERROR",
    target: undefined,
  };
  recordEpisode(state, episodeOfOccurrence(told, rid), tally);
}

/** The server that the line names; else the only one of its kind in the namespace; else, of several, the one whose name begins like the client's. */
function serverOf(state: ClusterState, { resource: client }: GraphNode, engine: Engine, target: string | undefined): Resource | undefined {
  const servers = serversIn(state, client.namespace, engine).filter(({ rid }) => rid !== workloadOf(state.graph, client.rid));
  const host = target?.split(/[.:]/, 1)[0];
  const named = host === undefined ? [] : servers.filter(({ name }) => host === name || host.startsWith(`${name}-`));
  if (named.length === 1) return named[0];
  if (servers.length <= 1) return servers[0];
  const ranked = servers.map((server) => ({ server, shared: sharedPrefix(server.name, client.name) })).sort((a, b) => b.shared - a.shared);
  const [best, next] = ranked;
  return best && next && best.shared >= SHARED_PREFIX_MIN && best.shared > next.shared ? best.server : undefined;
}

function serversIn(state: ClusterState, namespace: string | undefined, { images }: Engine): readonly Resource[] {
  const found: Resource[] = [];
  let count = 0;
  for (const kind of SERVER_KINDS) {
    for (const resource of state.graph.ofKind(kind, namespace)) {
      count += 1;
      if (count > WORKLOADS_MAX) return found;
      const runs = resource.object ? containersOf(resource.object).map(({ spec }) => textAt(spec, "image") ?? "") : [];
      if (runs.some((image) => images.test(image.split("/").at(-1) ?? ""))) found.push(resource);
    }
  }
  return found;
}

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
