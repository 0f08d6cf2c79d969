// Fills a store with a past: episodes of the last week, some of them linked and in incidents that are over.
import type { CausalLink } from "../agent/domain/causal-link.ts";
import { linkScore } from "../agent/domain/causal-link.ts";
import type { Episode } from "../agent/domain/episode.ts";
import type { EpisodeId, IncidentId, ResourceId } from "../agent/domain/identity.ts";
import type { Incident } from "../agent/domain/incident.ts";
import { type Resource, subjectOf } from "../agent/domain/resource.ts";
import type { ChangeSet, GraphStore } from "../agent/store/port.ts";
import type { Random } from "./mix/random.ts";

const WEEK_MS = 7 * 86_400_000;

/** Episodes written in one transaction. */
const CHUNK = 5_000;

/** Of so many episodes three are an incident: a crash, what came of it, and what others said of it. */
const PER_INCIDENT = 100;

/** Writes `count` episodes about these resources, the latest of them ending at `untilMs`, spread over `spanMs` (default: a week). */
export async function writePast(
  store: GraphStore,
  random: Random,
  about: readonly Resource[],
  past: { readonly count: number; readonly untilMs: number; readonly spanMs?: number },
): Promise<void> {
  const { count, untilMs, spanMs = WEEK_MS } = past;
  for (let from = 0; from < count; from += CHUNK) {
    const episodes: Episode[] = [];
    const links: CausalLink[] = [];
    const incidents: Incident[] = [];
    for (let at = from; at < Math.min(count, from + CHUNK); at += 1) {
      const atMs = Math.round(untilMs - spanMs + (spanMs * at) / count);
      const resource = random.pick(about);
      episodes.push(quiet(random, resource, atMs));
      if (at % PER_INCIDENT === 2) {
        const trouble = episodes.slice(-3).map((episode, place) => troubled(episode, place));
        episodes.splice(-3, 3, ...trouble);
        links.push(...trouble.slice(1).map((effect, place) => linked(trouble[place] as Episode, effect)));
        incidents.push(over(random, resource, trouble));
      }
    }
    await store.commit(changeSet(episodes, links, incidents));
  }
}

function changeSet(episodes: readonly Episode[], links: readonly CausalLink[], incidents: readonly Incident[]): ChangeSet {
  return {
    resources: [],
    rekeyed: [],
    relations: [],
    episodes,
    links: links.map((link) => ({ cluster: link.cluster, effect: link.effect, links: [link] })),
    incidents,
    removedIncidents: [],
    checkpoints: [],
  };
}

const REASONS = [
  "Pulled",
  "Created",
  "Started",
  "Scheduled",
  "Killing",
  "SuccessfulCreate",
  "ScalingReplicaSet",
  "SuccessfulRescale",
  "Sync",
];

function quiet(random: Random, { cluster, rid, kind, namespace, name }: Resource, atMs: number): Episode {
  const reason = random.pick(REASONS);
  const message = `${reason} ${kind} ${namespace ?? ""}/${name}, as asked for by its controller`;
  return {
    cluster,
    eid: random.uid() as EpisodeId,
    rid,
    etype: "k8s.event",
    reason,
    discriminator: "",
    severity: "INFO",
    baseSeverity: "INFO",
    message,
    category: "unknown",
    firstMs: atMs,
    lastMs: atMs + random.below(60_000),
    count: 1 + random.below(4),
    holds: false,
    exact: true,
    evidence: [
      {
        source: `Event ${reason} from kubelet`,
        text: message,
        command: `kubectl get events -n ${namespace} --field-selector involvedObject.name=${name}`,
      },
    ],
    aliases: [],
  };
}

const TROUBLE = ["ContainerExitedWithError", "CrashLoopBackOff", "ConnectionRefused"] as const;

function troubled(episode: Episode, place: number): Episode {
  const reason = TROUBLE[place] ?? "CrashLoopBackOff";
  return {
    ...episode,
    etype: place === 2 ? "k8s.log" : "k8s.event",
    reason,
    severity: "ERROR",
    baseSeverity: "ERROR",
    category: "application",
  };
}

function linked(cause: Episode, effect: Episode): CausalLink {
  return {
    cluster: cause.cluster,
    cause: cause.eid,
    effect: effect.eid,
    hops: 0,
    ruleId: "exit-to-crash-loop",
    path: [],
    ...linkScore(0.9, 0, 0.9),
  };
}

function over(random: Random, resource: Resource, members: readonly Episode[]): Incident {
  const [lead] = members as [Episode];
  const subject = subjectOf(resource);
  const explanation = `${resource.kind} ${resource.name} exited with an error, and was started again and again.`;
  const cause = {
    rid: resource.rid as ResourceId,
    subject,
    eid: lead.eid,
    reason: lead.reason,
    category: lead.category,
    score: 0.6,
    confidence: 0.8,
  };
  const root = { ...cause, explanation, evidence: lead.evidence, explains: members.slice(1).map(({ eid }) => eid) };
  return {
    cluster: resource.cluster,
    id: random.uid() as IncidentId,
    state: "resolved",
    severity: "ERROR",
    firstMs: lead.firstMs,
    lastMs: lead.lastMs,
    resolvedMs: lead.lastMs,
    rid: resource.rid,
    namespaces: resource.namespace ? [resource.namespace] : [],
    episodes: members.map(({ eid }) => eid),
    droppedCount: 0,
    verdict: {
      title: `${resource.kind} ${resource.name}: container exited with an error`,
      rootCause: root,
      causes: [root],
      affected: [{ subject, role: "symptom", sinceMs: lead.firstMs }],
      path: [],
      evidenceGaps: [],
      confidence: 0.8,
      summary: explanation,
    },
    similar: [],
    aliases: [],
  };
}
