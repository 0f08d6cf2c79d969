// Stage 7: the verdict on each incident that the batch touched, its state, and the muting rules that match it.
import { isRecovered } from "../detectors/recovered.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId } from "../domain/identity.ts";
import type { Incident, IncidentState, MuteRule, Verdict } from "../domain/incident.ts";
import { type Severity, severityRank, worseSeverity } from "../domain/severity.ts";
import { workloadOf } from "../graph/workload.ts";
import { verdictOn } from "../reasoning/verdict.ts";
import { type Component, isSeed } from "./cluster.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Episodes stored with an incident: the gravest and the earliest; the rest are counted. */
const STORED_MEMBERS_MAX = 500;

/** Makes the incidents of a batch's components. Gives those whose root cause is new or another one. */
export function rankBatch(state: ClusterState, components: readonly Component[], mutes: readonly MuteRule[]): readonly Incident[] {
  const newlyRooted: Incident[] = [];
  for (const component of components) {
    const former =
      state.incidents.get(component.id) ??
      component.aliases.map((alias) => state.incidents.get(alias)).find((incident) => incident !== undefined);
    const incident = incidentOf(state, component, former, mutes);
    if (incident.verdict.rootCause && rootOf(incident) !== (former ? rootOf(former) : undefined)) newlyRooted.push(incident);
    state.incidents.put(incident, new Set(component.members.map((member) => member.eid)));
  }
  return newlyRooted;
}

/** What an incident is likened by: its root cause and how far that reaches. */
function rootOf({ verdict }: Incident): string | undefined {
  return verdict.rootCause && `${verdict.rootCause.rid} ${verdict.rootCause.reason} ${verdict.path.length}`;
}

function incidentOf(state: ClusterState, component: Component, former: Incident | undefined, mutes: readonly MuteRule[]): Incident {
  const { members } = component;
  const verdict = verdictFor(state, members);
  const seeds = members.filter(isSeed);
  const stored = boundedMembers(members, verdict);
  const lastMs = Math.max(...members.map(lastSeen));
  const incidentState = stateOf(members, lastMs, state);
  const mutedBy = muteFor(verdict, seeds, state, mutes);
  return {
    cluster: state.cluster,
    id: component.id,
    state: incidentState.state,
    severity: seeds.map((seed) => seed.severity).reduce<Severity>(worseSeverity, "INFO"),
    firstMs: Math.min(...seeds.map((seed) => seed.firstMs)),
    lastMs,
    ...(incidentState.resolvedMs === undefined ? {} : { resolvedMs: incidentState.resolvedMs }),
    rid: verdict.rootCause?.rid ?? (seeds[0] as Episode).rid,
    namespaces: namespacesOf(state, members),
    episodes: stored,
    droppedCount: members.length - stored.length,
    verdict,
    similar: former?.similar ?? [],
    ...(mutedBy ? { mutedBy } : {}),
    ...(isStillOpen(former, incidentState.state) ? { acknowledgedMs: former?.acknowledgedMs } : {}),
    aliases: component.aliases,
  };
}

function verdictFor(state: ClusterState, members: readonly Episode[]): Verdict {
  const episodes = new Map(members.map((member) => [member.eid, member]));
  return verdictOn(
    {
      episodes,
      causesOf: (eid) => state.links.causesOf(eid),
      effectsOf: (eid) => state.links.effectsOf(eid),
      isOver: (episode) => isOver(state, episode),
    },
    {
      view: state.view,
      placeOf: (rid) => workloadOf(state.graph, rid),
      settings: state.settings,
      knownGaps: state.gaps.values(),
      startedMs: state.startedMs,
      nowMs: state.nowMs,
    },
  );
}

/** Open while a condition holds, or something was seen within the quiet time. */
function stateOf(
  members: readonly Episode[],
  lastMs: number,
  state: ClusterState,
): { readonly state: IncidentState; readonly resolvedMs?: number } {
  const seeds = members.filter(isSeed);
  const holds = seeds.some((member) => member.holds && member.clearedMs === undefined);
  const allOver = seeds.every((member) => isOver(state, member));
  if (allOver && seeds.some((member) => !member.holds)) return { state: "resolved", resolvedMs: lastMs };
  const conditions = seeds.some((member) => member.holds);
  // Without any condition only silence can say that it is over, and silence takes longer to mean something.
  const quietMs = conditions ? state.settings.quietMs : state.settings.silenceMs;
  return holds || state.settledMs - lastMs < quietMs ? { state: "open" } : { state: "resolved", resolvedMs: lastMs };
}

/** Whether what an episode tells is over: a condition has cleared, or the present state of its resource contradicts an event or log line. */
function isOver(state: ClusterState, episode: Episode): boolean {
  if (episode.holds) return episode.clearedMs !== undefined;
  const resource = state.graph.node(episode.rid)?.resource;
  if (!resource) return false;
  // Named by an event only, and not among all there are of its kind: it is gone, and what came after it speaks for itself.
  const isGone = !resource.object && resource.endedAtMs === undefined && state.graph.completeKinds.has(resource.kind);
  return isGone || isRecovered(episode, resource, state.nowMs);
}

/** Open incidents that have gone quiet are resolved; called as time goes on. */
export function resolveQuiet(state: ClusterState): void {
  for (const incident of state.incidents.all()) {
    if (incident.state !== "open") continue;
    const ids = state.incidents.membersOf(incident.id);
    const members = [...ids].flatMap((eid) => state.book.get(eid) ?? []);
    const now = stateOf(members, incident.lastMs, state);
    if (now.state === "resolved") state.incidents.put({ ...unacknowledged(incident), ...now }, ids);
  }
}

/** Somebody looks after an open incident from `atMs` on; undefined: no longer. */
export function acknowledge(state: ClusterState, id: string, atMs: number | undefined): void {
  const incident = [...state.incidents.all()].find((one) => one.id === id);
  if (incident?.state !== "open") return;
  const rest = unacknowledged(incident);
  state.incidents.put(atMs === undefined ? rest : { ...rest, acknowledgedMs: atMs }, state.incidents.membersOf(incident.id));
}

function unacknowledged({ acknowledgedMs: _former, ...rest }: Incident): Incident {
  return rest;
}

function isStillOpen(former: Incident | undefined, now: IncidentState): boolean {
  return former?.acknowledgedMs !== undefined && former.state === "open" && now === "open";
}

/** The muting rules changed: every incident in memory is judged by them anew. */
export function judgeMutes(state: ClusterState, mutes: readonly MuteRule[]): void {
  for (const incident of [...state.incidents.all()]) {
    const ids = state.incidents.membersOf(incident.id);
    const seeds = [...ids].flatMap((eid) => state.book.get(eid) ?? []).filter(isSeed);
    const mutedBy = muteFor(incident.verdict, seeds, state, mutes);
    if (mutedBy === incident.mutedBy) continue;
    const { mutedBy: _former, ...rest } = incident;
    state.incidents.put(mutedBy === undefined ? rest : { ...rest, mutedBy }, ids);
  }
}

function lastSeen(episode: Episode): number {
  return Math.max(episode.lastMs, episode.clearedMs ?? 0);
}

function boundedMembers(members: readonly Episode[], verdict: Verdict): readonly EpisodeId[] {
  if (members.length <= STORED_MEMBERS_MAX) return members.map((member) => member.eid);
  const causes = new Set<EpisodeId>(verdict.causes.map((cause) => cause.eid));
  const weight = (member: Episode) => (causes.has(member.eid) ? 10 : 0) + severityRank(member.severity);
  return [...members]
    .sort((a, b) => weight(b) - weight(a) || a.firstMs - b.firstMs || (a.eid < b.eid ? -1 : 1))
    .slice(0, STORED_MEMBERS_MAX)
    .map((member) => member.eid);
}

function namespacesOf(state: ClusterState, members: readonly Episode[]): readonly string[] {
  return [...new Set(members.flatMap((member) => state.graph.node(member.rid)?.resource.namespace ?? []))].sort().slice(0, 50);
}

/** The first rule that matches the root cause, or the first symptom where none is named. */
function muteFor(verdict: Verdict, seeds: readonly Episode[], state: ClusterState, mutes: readonly MuteRule[]): string | undefined {
  const seed = seeds[0];
  const subject = verdict.rootCause?.subject ?? (seed ? state.graph.node(seed.rid)?.resource : undefined);
  const reason = verdict.rootCause?.reason ?? seed?.reason;
  if (!subject) return undefined;
  const matches = (rule: MuteRule) =>
    (rule.untilMs === undefined || rule.untilMs > state.nowMs) &&
    (rule.cluster === undefined || rule.cluster === state.cluster) &&
    (rule.kind === undefined || rule.kind === subject.kind) &&
    (rule.namespace === undefined || rule.namespace === subject.namespace) &&
    (rule.name === undefined || rule.name === subject.name) &&
    (rule.reason === undefined || rule.reason === reason);
  return mutes.find(matches)?.id;
}
