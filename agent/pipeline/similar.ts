// Names past incidents like a new one: the same kind of root cause and reason, and what was confirmed then.
import type { Incident, SimilarIncident } from "../domain/incident.ts";
import type { Feedback, GraphReader } from "../store/port.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Past incidents named with a new one. */
const SIMILAR_MAX = 5;

/** Adds the similar past incidents to those whose root cause is new. Past: begun before this one could have, so two of one moment do not name each other. */
export async function nameSimilar(state: ClusterState, newlyRooted: readonly Incident[], store: GraphReader): Promise<void> {
  for (const incident of newlyRooted) {
    const root = incident.verdict.rootCause;
    if (!root) continue;
    const beforeMs = incident.firstMs - state.settings.incidentWindowMs;
    const past = await store.pastIncidents(state.cluster, root.subject.kind, root.reason, beforeMs, SIMILAR_MAX + 1);
    const others = past.filter((other) => other.id !== incident.id && !incident.aliases.includes(other.id));
    if (others.length === 0 && incident.similar.length === 0) continue;
    const feedback = others.length > 0 ? await store.feedback(0) : [];
    const similar = others
      .map((other) => similarity(incident, other, feedback))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    const current = state.incidents.get(incident.id);
    if (current) state.incidents.put({ ...current, similar: similar.slice(0, SIMILAR_MAX) }, state.incidents.membersOf(incident.id));
  }
}

/** 0.5 for the same kind and reason, 0.2 each for the same namespace and the same name, 0.1 for the same length of path. */
function similarity(incident: Incident, other: Incident, feedback: readonly Feedback[]): SimilarIncident {
  const [a, b] = [incident.verdict.rootCause?.subject, other.verdict.rootCause?.subject];
  const same = [
    { what: "the same kind of root cause and reason", weight: 0.5, holds: true },
    { what: "the same namespace", weight: 0.2, holds: a?.namespace === b?.namespace },
    { what: "the same resource", weight: 0.2, holds: a?.namespace === b?.namespace && a?.name === b?.name },
    { what: "a path of the same length", weight: 0.1, holds: incident.verdict.path.length === other.verdict.path.length },
  ].filter(({ holds }) => holds);
  const word = feedback.filter((one) => one.incident === other.id || other.aliases.includes(one.incident)).at(-1);
  return {
    id: other.id,
    title: other.verdict.title,
    score: Math.round(same.reduce((sum, { weight }) => sum + weight, 0) * 10) / 10,
    because: same.map(({ what }) => what).join(", "),
    ...(word ? { confirmed: word.verdict === "confirmed" } : {}),
  };
}
