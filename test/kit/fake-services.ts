// Services of an agent without an agent: one incident in cluster "prod", one uid that two clusters share, and a store that only remembers.
import type { AgentServices } from "../../agent/api/services.ts";
import { type CausalLink, linkScore } from "../../agent/domain/causal-link.ts";
import type { Episode } from "../../agent/domain/episode.ts";
import { type EpisodeId, type IncidentId, resourceId } from "../../agent/domain/identity.ts";
import type { Incident, MuteRule } from "../../agent/domain/incident.ts";
import { type Relation, relationId } from "../../agent/domain/relation.ts";
import { type Resource, subjectOf } from "../../agent/domain/resource.ts";
import type { LiveChange } from "../../agent/pipeline/live-change.ts";
import type { SourceRecord } from "../../agent/sources/port.ts";
import type { Feedback, GraphStore, IncidentQuery, Stats } from "../../agent/store/port.ts";

/** 2026-01-01T08:00:00Z, when the incident of the fake services began. */
export const BEGAN_MS = Date.UTC(2026, 0, 1, 8);

/** A resource; a ConfigMap `settings` in `shop` unless told otherwise. */
export function resource(overrides: Partial<Resource> = {}): Resource {
  const { kind = "ConfigMap", uid = "cm-1" } = overrides;
  return {
    cluster: "prod",
    rid: resourceId(kind, uid),
    kind,
    namespace: "shop",
    name: "settings",
    uid,
    labels: { app: "shop" },
    createdAtMs: BEGAN_MS - 86_400_000,
    updatedAtMs: BEGAN_MS,
    ...overrides,
  };
}

/** An episode; the ConfigMap's change unless told otherwise. */
export function episode(overrides: Partial<Episode> = {}): Episode {
  return {
    cluster: "prod",
    eid: "change-1" as EpisodeId,
    rid: resourceId("ConfigMap", "cm-1"),
    etype: "k8s.change",
    reason: "ConfigMapChanged",
    discriminator: "",
    severity: "INFO",
    baseSeverity: "INFO",
    message: "key url was changed",
    category: "config",
    firstMs: BEGAN_MS,
    lastMs: BEGAN_MS,
    count: 1,
    holds: false,
    exact: true,
    evidence: [
      { source: "ConfigMap shop/settings data.url", text: "http://old -> http://new", command: "kubectl get configmap settings -n shop" },
    ],
    aliases: [],
    ...overrides,
  };
}

const configMap = resource();
const pod = resource({
  kind: "Pod",
  uid: "pod-1",
  name: "web-1",
  object: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-1", namespace: "shop", uid: "pod-1" },
    spec: { nodeName: "node-a", containers: [{ name: "web", image: "shop/web:2" }] },
    status: { podIP: "10.0.0.7", phase: "Running" },
  },
});
const shared = ["prod", "lab"].map((cluster) => resource({ cluster, kind: "Namespace", uid: "ns-1", name: "shop" }));

const change = episode();
const crash = episode({
  eid: "crash-1" as EpisodeId,
  rid: pod.rid,
  etype: "k8s.state",
  reason: "CrashLoopBackOff",
  severity: "ERROR",
  baseSeverity: "ERROR",
  message: "back-off restarting container web",
  category: "application",
  firstMs: BEGAN_MS + 60_000,
  lastMs: BEGAN_MS + 120_000,
  count: 3,
  holds: true,
  aliases: ["crash-0" as EpisodeId],
});

const link: CausalLink = {
  cluster: "prod",
  cause: change.eid,
  effect: crash.eid,
  hops: 1,
  ruleId: "config-to-crash",
  path: [{ from: pod.rid, to: configMap.rid, type: "USES", direction: "out", evidence: "spec.volumes[0].configMap.name=settings" }],
  ...linkScore(0.93, 1, 0.9),
};

const uses: Relation = {
  cluster: "prod",
  id: relationId(pod.rid, "USES", configMap.rid),
  type: "USES",
  source: pod.rid,
  target: configMap.rid,
  validFromMs: BEGAN_MS - 3_600_000,
  evidence: "spec.volumes[0].configMap.name=settings",
};

/** The incident of the fake services, or another like it. */
export function incident(overrides: Partial<Incident> = {}): Incident {
  const cause = {
    rid: configMap.rid,
    subject: subjectOf(configMap),
    eid: change.eid,
    reason: change.reason,
    category: change.category,
    score: 2.1,
    confidence: 0.87,
    explanation: "ConfigMap shop/settings was changed a minute before.",
    evidence: change.evidence,
    explains: [crash.eid],
  };
  return {
    cluster: "prod",
    id: "inc-1" as IncidentId,
    state: "open",
    severity: "ERROR",
    firstMs: BEGAN_MS,
    lastMs: BEGAN_MS + 120_000,
    rid: configMap.rid,
    namespaces: ["shop"],
    episodes: [crash.eid],
    droppedCount: 0,
    verdict: {
      title: "ConfigMap shop/settings was changed",
      rootCause: cause,
      causes: [cause],
      firstCriticalFailure: crash.eid,
      affected: [{ subject: subjectOf(pod), role: "symptom", sinceMs: crash.firstMs }],
      path: [{ from: subjectOf(configMap), to: subjectOf(pod), relation: "USES", evidence: "spec.volumes[0].configMap.name=settings" }],
      evidenceGaps: ["no logs of container web were seen"],
      confidence: 0.87,
      summary: "The pod crashes since its ConfigMap was changed.",
    },
    similar: [],
    aliases: ["inc-0" as IncidentId],
    ...overrides,
  };
}

/** What a test reads back, and the levers it pulls. */
export type FakeServices = AgentServices & {
  readonly mutes: MuteRule[];
  readonly feedback: Feedback[];
  readonly accepted: SourceRecord[];
  /** Tells subscribers. */
  publish(change: Partial<LiveChange>): void;
  stats: Stats;
};

const STATS: Stats = {
  resources: 4,
  episodes: 2,
  incidents: 1,
  relations: 1,
  links: 1,
  resourcesByKind: { Pod: 1, ConfigMap: 1, Namespace: 2 },
  relationsByType: { USES: 1 },
  episodesBySeverity: { INFO: 1, WARNING: 0, ERROR: 1, FATAL: 0 },
  oldestEpisodeMs: change.firstMs,
  newestEpisodeMs: crash.lastMs,
  newestEpisodeId: crash.eid,
};

/** Services over the fixed rows above; `overrides` replace members, also of the store. */
export function fakeServices(overrides: Partial<AgentServices> & { readonly storeOverrides?: Partial<GraphStore> } = {}): FakeServices {
  const { storeOverrides, ...serviceOverrides } = overrides;
  const listeners = new Set<(change: LiveChange) => void>();
  const memory = { mutes: [] as MuteRule[], feedback: [] as Feedback[], accepted: [] as SourceRecord[], stats: STATS };
  const services: FakeServices = {
    ...memory,
    version: "0.1.0-test",
    defaultCluster: "prod",
    store: { ...fakeStore(memory, () => services.stats), ...storeOverrides },
    sink: {
      accept: async (records) => {
        memory.accepted.push(...records);
        const refused = records.flatMap(({ body }, index) =>
          JSON.stringify(body).includes("REFUSE") ? [{ index, reason: "refused by the pipeline" }] : [],
        );
        return { applied: records.length - refused.length, dropped: 0, refused };
      },
    },
    live: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    publish: (part) => {
      for (const listener of listeners) listener({ incidents: [], removed: [], ...part });
    },
    rca: async ({ eid, uid }) => {
      if (uid === "ns-1") return { found: "several", clusters: ["prod", "lab"] };
      if (eid !== "crash-1" && uid !== "pod-1") return { found: "none" };
      const subject = subjectOf(pod);
      const causes = [{ link, episode: change, subject: subjectOf(configMap), sentence: "The ConfigMap was changed, so the pod crashed." }];
      return {
        found: "one",
        answer: { effect: crash, subject, causes, blastRadius: [subject], incident: incident(), timeline: [{ episode: crash, subject }] },
      };
    },
    readiness: () => ({ ready: true, reasons: [] }),
    doctor: async () => [{ component: "store", status: "ok", text: "the store is well" }],
    maskedConfig: () => ({ token: "***" }),
    cleanup: async ({ progress, days }) => {
      progress(1, 1, "episodes");
      return { episodes: 3, incidents: 0, resources: 0, relations: 0, states: 0, olderThanMs: BEGAN_MS - days * 86_400_000 };
    },
    replay: async () => ({ records: 5, applied: 4, dropped: 0, refused: 1 }),
    reload: async () => undefined,
    acknowledge: async () => undefined,
    look: {
      clusters: () => ["prod"],
      object: async (_cluster, { kind, name }) => `kind: ${kind}\nmetadata:\n  name: ${name}\n`,
      log: async (_cluster, { container = "web" }) => ({ container, text: "2026-01-01T08:01:00Z out of memory\n" }),
    },
    recording: {
      watches: true,
      status: () => ({ state: "none", records: 0, bytes: 0 }),
      start: async (file) => ({ state: "recording", file, sinceMs: BEGAN_MS, records: 0, bytes: 0 }),
      stop: async () => ({ state: "none", records: 7, bytes: 700 }),
    },
    metricsText: async () => "kg_ws_clients 0\n",
    support: async () => ({ kgroot: "0.1.0-test" }),
    ...serviceOverrides,
  };
  return services;
}

function fakeStore(memory: { mutes: MuteRule[]; feedback: Feedback[] }, stats: () => Stats): GraphStore {
  const resources = [configMap, pod, ...shared];
  const inCluster = <T extends { readonly cluster: string }>(rows: readonly T[], cluster: string | undefined) =>
    rows.filter((row) => cluster === undefined || row.cluster === cluster);
  const episodes = [change, crash];
  const incidents = [incident()];
  const matches = (query: IncidentQuery) => (row: Incident) =>
    (query.state === undefined || row.state === query.state) && row.lastMs >= (query.sinceMs ?? 0);
  return {
    name: "memory",
    clusters: async () => ["lab", "prod"],
    checkpoints: async () => new Map(),
    loadWorkingSet: async function* () {},
    findResources: async ({ uid, rid, cluster, atMs }) =>
      inCluster(resources, cluster).filter(
        (row) => (rid ?? row.rid) === row.rid && (uid ?? row.uid) === row.uid && row.createdAtMs <= (atMs ?? Number.POSITIVE_INFINITY),
      ),
    findEpisodes: async (id, cluster) =>
      inCluster(episodes, cluster).filter(({ eid, aliases }) => eid === id || aliases.some((alias) => alias === id)),
    episodes: async (cluster, ids) => inCluster(episodes, cluster).filter(({ eid }) => ids.includes(eid)),
    episodesAbout: async (cluster, rid) => inCluster(episodes, cluster).filter((row) => row.rid === rid),
    linksOf: async (_cluster, ids, as) => (ids.includes(link[as]) ? [link] : []),
    neighbourhood: async ({ limit }) => ({
      resources: [pod, configMap].slice(0, limit),
      relations: [uses],
      episodes: [],
      links: [],
      truncated: false,
    }),
    findIncidents: async (id, cluster) =>
      inCluster(incidents, cluster).filter((row) => row.id === id || row.aliases.some((alias) => alias === id)),
    incidentOf: async () => incidents[0],
    incidents: async (query) => ({
      rows: inCluster(incidents, query.cluster).filter(matches(query)),
      cursor: query.limit === 1 ? "next" : undefined,
    }),
    pastIncidents: async () => [],
    mutes: async () => memory.mutes,
    feedback: async () => memory.feedback,
    stats: async () => stats(),
    commit: async () => undefined,
    putMute: async (rule) => void memory.mutes.push(rule),
    removeMute: async (id) =>
      memory.mutes.splice(0, memory.mutes.length, ...memory.mutes.filter((rule) => rule.id !== id)).some((rule) => rule.id === id),
    putFeedback: async (feedback) => void memory.feedback.push(feedback),
    indexes: async () => [{ name: "episodic_time", on: "episodes", columns: ["first_ms"], unique: false, state: "online" }],
    ensureIndexes: async () => [],
    dropIndexes: async (names) => names ?? ["episodic_time"],
    cleanup: async () => ({ episodes: 0, incidents: 0, resources: 0, relations: 0, states: 0 }),
    backup: async () => ({ rows: 9, asOfMs: BEGAN_MS }),
    restore: async () => ({ rows: 9 }),
    check: async () => [],
    close: async () => undefined,
  };
}
