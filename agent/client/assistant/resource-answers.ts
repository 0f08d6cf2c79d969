// What assistants are told of one resource: what it is connected to, and whom its failure reaches.
import type { WireRca, WireRelation, WireResource, WireTopology } from "../../protocol/graph.ts";
import { subjectData } from "./incident-answers.ts";
import { plain } from "./plain-text.ts";
import { id, listed, nameOf, share, type ToolData, word } from "./tool-data.ts";

const STATUS_LENGTH_MAX = 1_500;
const QUOTE_LENGTH_MAX = 300;

/** A resource, its state, its edges and its neighbours. */
export function neighbourhood({ root, at, resources, edges, truncated }: WireTopology, scale: number): ToolData {
  const byRid = new Map(resources.map((resource) => [resource.rid, resource]));
  const own = byRid.get(root);
  return {
    ...(own ? resourceData(own, scale) : { rid: id(root) }),
    as_it_was_at: at,
    ...listed("edges", nearestFirst(edges, root), 60 * scale, (edge) => edgeData(edge, byRid)),
    ...listed(
      "neighbours",
      resources.filter(({ rid }) => rid !== root),
      60 * scale,
      (resource) => ({
        ...subjectData(resource),
        ended_at: resource.ended_at,
        never_seen_itself: resource.stub ? true : undefined,
      }),
    ),
    incomplete: truncated ? "there are more neighbours than the agent shows at once: ask with a smaller depth" : undefined,
  };
}

/** Whom the latest failure of a resource reaches. */
export function resourceRadius(rca: WireRca, scale: number): ToolData {
  const { related_incident: incident } = rca;
  return {
    ...subjectData(rca.subject),
    latest_failure: { at: rca.event_time, reason: word(rca.reason), severity: rca.severity },
    part_of_incident: incident
      ? { incident_id: id(incident.id), title: plain(incident.title, QUOTE_LENGTH_MAX), severity: incident.severity, state: incident.state }
      : null,
    reached_count: rca.blast_radius.length,
    ...listed("reached", rca.blast_radius, 60 * scale, subjectData),
    ...listed("possible_causes", rca.potential_causes, 5 * scale, (cause) => ({
      ...subjectData(cause.subject),
      at: cause.event_time,
      reason: word(cause.reason),
      link_score: share(cause.confidence),
      why: plain(cause.sentence, QUOTE_LENGTH_MAX),
    })),
  };
}

function resourceData(resource: WireResource, scale: number): ToolData {
  return {
    ...subjectData(resource),
    cluster: word(resource.cluster),
    uid: resource.uid === undefined ? undefined : id(resource.uid),
    created_at: resource.created_at,
    updated_at: resource.updated_at,
    ended_at: resource.ended_at,
    never_seen_itself: resource.stub ? true : undefined,
    node: resource.node === undefined ? undefined : word(resource.node),
    image: resource.image === undefined ? undefined : plain(resource.image, QUOTE_LENGTH_MAX),
    ...listed("labels", Object.entries(resource.labels ?? {}), 20 * scale, ([key, value]) => plain(`${key}=${value}`, QUOTE_LENGTH_MAX)),
    status: resource.status === undefined ? undefined : plain(JSON.stringify(resource.status), STATUS_LENGTH_MAX),
  };
}

function edgeData({ from, type, to, evidence, valid_to }: WireRelation, byRid: ReadonlyMap<string, WireResource>): ToolData {
  const name = (rid: string) => {
    const known = byRid.get(rid);
    return known ? nameOf(known) : id(rid);
  };
  return {
    from: name(from),
    relation: word(type),
    to: name(to),
    evidence: evidence === undefined ? undefined : plain(evidence, QUOTE_LENGTH_MAX),
    ended_at: valid_to,
  };
}

/** The resource's own edges before those of its neighbours: the list may be cut. */
function nearestFirst(edges: readonly WireRelation[], root: string): WireRelation[] {
  const isOwn = ({ from, to }: WireRelation) => from === root || to === root;
  return [...edges.filter(isOwn), ...edges.filter((edge) => !isOwn(edge))];
}
