// Builders of the graph's own rows: each gives one valid default, overridden field by field.
import type { CausalLink } from "../../agent/domain/causal-link.ts";
import type { Episode } from "../../agent/domain/episode.ts";
import { type EpisodeId, type IncidentId, type ResourceId, resourceId, stubId } from "../../agent/domain/identity.ts";
import type { Candidate, Incident, Verdict } from "../../agent/domain/incident.ts";
import type { KubeObject } from "../../agent/domain/kube-object.ts";
import { type Relation, type RelationType, relationId } from "../../agent/domain/relation.ts";
import { type Resource, subjectOf } from "../../agent/domain/resource.ts";
import type { ChangeSet } from "../../agent/store/port.ts";

/** The cluster of everything built here. */
export const CLUSTER = "test";

/** When things built here begin. */
export const START_MS = Date.UTC(2026, 2, 1, 12);

/** So many minutes after {@link START_MS}. */
export function minute(minutes: number): number {
  return START_MS + minutes * 60_000;
}

/** An episode's id. */
export function eid(id: string): EpisodeId {
  return id as EpisodeId;
}

/** An incident's id. */
export function iid(id: string): IncidentId {
  return id as IncidentId;
}

/** A running Pod `web` in namespace `shop`, or what the overrides say; its rid follows from kind and uid. */
export function resource(overrides: Partial<Resource> = {}): Resource {
  const named = { kind: "Pod", name: "web", namespace: "shop", ...overrides };
  const uid = overrides.uid ?? `uid-${named.kind.toLowerCase()}-${named.name}`;
  const labels = overrides.labels ?? { app: named.name };
  const { namespace, ...rest } = named;
  const placed = namespace === undefined ? rest : { ...rest, namespace };
  const metadata = { name: named.name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion: "1", labels };
  const object: KubeObject = { apiVersion: "v1", kind: named.kind, metadata, spec: { nodeName: "node-1" }, status: { phase: "Running" } };
  return {
    cluster: CLUSTER,
    rid: resourceId(named.kind, uid),
    uid,
    labels,
    createdAtMs: START_MS,
    updatedAtMs: START_MS,
    object,
    ...placed,
  };
}

/** A later version of a resource: its object with another status. */
export function withStatus(before: Resource, status: KubeObject["status"], updatedAtMs: number, resourceVersion = "2"): Resource {
  assertSeen(before.object);
  return {
    ...before,
    updatedAtMs,
    object: { ...before.object, metadata: { ...before.object.metadata, resourceVersion }, ...(status ? { status } : {}) },
  };
}

/** Something known by name only. */
export function stub(kind: string, namespace: string | undefined, name: string, overrides: Partial<Resource> = {}): Resource {
  return {
    cluster: CLUSTER,
    rid: stubId(kind, namespace, name),
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    labels: {},
    createdAtMs: START_MS,
    updatedAtMs: START_MS,
    ...overrides,
  };
}

/** An edge that holds since {@link START_MS}. */
export function relation(source: ResourceId, type: RelationType, target: ResourceId, overrides: Partial<Relation> = {}): Relation {
  return { cluster: CLUSTER, id: relationId(source, type, target), type, source, target, validFromMs: START_MS, ...overrides };
}

/** A BackOff event, once, at {@link START_MS}, about the default resource. */
export function episode(id: string, overrides: Partial<Episode> = {}): Episode {
  return {
    cluster: CLUSTER,
    eid: eid(id),
    rid: resourceId("Pod", "uid-pod-web"),
    etype: "k8s.event",
    reason: "BackOff",
    discriminator: "",
    severity: "WARNING",
    baseSeverity: "WARNING",
    message: "Back-off restarting failed container",
    category: "application",
    firstMs: START_MS,
    lastMs: overrides.firstMs ?? START_MS,
    count: 1,
    holds: false,
    exact: true,
    evidence: [{ source: "Event", text: "Back-off restarting failed container" }],
    aliases: [],
    ...overrides,
  };
}

/** A finding that holds since {@link START_MS}. */
export function finding(id: string, overrides: Partial<Episode> = {}): Episode {
  return episode(id, {
    etype: "k8s.state",
    reason: "CrashLoopBackOff",
    severity: "ERROR",
    baseSeverity: "ERROR",
    holds: true,
    ...overrides,
  });
}

/** A link of score 0.8 over no hop. */
export function link(cause: string, effect: string, overrides: Partial<CausalLink> = {}): CausalLink {
  return {
    cluster: CLUSTER,
    cause: eid(cause),
    effect: eid(effect),
    temporal: 1,
    distance: 1,
    domain: 0.5,
    score: 0.8,
    hops: 0,
    ruleId: "oom-crash",
    path: [],
    ...overrides,
  };
}

/** A root cause: OOMKilled on the default resource. */
export function candidate(overrides: Partial<Candidate> = {}): Candidate {
  const subject = subjectOf(resource());
  return {
    rid: subject.rid,
    subject,
    eid: eid("cause"),
    reason: "OOMKilled",
    category: "resources",
    score: 2,
    confidence: 0.9,
    explanation: "The container ran out of memory.",
    evidence: [],
    explains: [],
    ...overrides,
  };
}

/** What the default incident says. */
export function verdict(overrides: Partial<Verdict> = {}): Verdict {
  return {
    title: "Pod shop/web ran out of memory",
    causes: [],
    affected: [],
    path: [],
    evidenceGaps: [],
    confidence: 0,
    summary: "",
    ...overrides,
  };
}

/** An open incident of ERROR about the default resource, without members. */
export function incident(id: string, overrides: Partial<Incident> = {}): Incident {
  return {
    cluster: CLUSTER,
    id: iid(id),
    state: "open",
    severity: "ERROR",
    firstMs: START_MS,
    lastMs: START_MS,
    rid: resourceId("Pod", "uid-pod-web"),
    namespaces: ["shop"],
    episodes: [],
    droppedCount: 0,
    verdict: verdict(),
    similar: [],
    aliases: [],
    ...overrides,
  };
}

/** A change set of these parts and nothing else. */
export function changes(parts: Partial<ChangeSet>): ChangeSet {
  return {
    resources: [],
    rekeyed: [],
    relations: [],
    episodes: [],
    links: [],
    incidents: [],
    removedIncidents: [],
    checkpoints: [],
    ...parts,
  };
}

function assertSeen(object: KubeObject | undefined): asserts object is KubeObject {
  if (!object) throw new Error("a stub has no status");
}
