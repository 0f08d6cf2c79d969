// Incidents: list, one, and its causal graph.
import type { EpisodeId, ResourceId } from "../../domain/identity.ts";
import type { Incident } from "../../domain/incident.ts";
import { type Subject, subjectOf } from "../../domain/resource.ts";
import { parseSeverity, type Severity } from "../../domain/severity.ts";
import type { IncidentsParams } from "../../protocol/rpc.ts";
import type { GraphReader, IncidentQuery } from "../../store/port.ts";
import { ApiFault } from "../fault.ts";
import * as incidentSchemas from "../schemas/incident.ts";
import * as rpcSchemas from "../schemas/rpc.ts";
import { wireIncident } from "../to-wire/incident.ts";
import { wireIncidentGraph } from "../to-wire/incident-graph.ts";
import { subjectFromRid } from "../to-wire/subject.ts";
import { momentOrAgeOf } from "../to-wire/time.ts";
import type { CallContext, CallTable } from "./call.ts";
import { findIncident } from "./find-one.ts";

// More than a person can read; about 2 kB each on the wire.
const GRAPH_NODES_MAX = 200;
const PAGE_DEFAULT = 50;

/** The calls about incidents. */
export const INCIDENT_CALLS: Pick<CallTable, "incidents/list" | "incidents/get" | "incidents/graph"> = {
  "incidents/list": {
    role: "viewer",
    params: rpcSchemas.IncidentsParams,
    result: incidentSchemas.IncidentPage,
    summary: "Incidents, last seen first.",
    run: async (params, { services, nowMs }) => {
      const { rows, cursor } = await services.store.incidents(incidentQuery(params, nowMs));
      return { incidents: rows.map(wireIncident), ...(cursor === undefined ? {} : { next_cursor: cursor }) };
    },
  },
  "incidents/get": {
    role: "viewer",
    params: rpcSchemas.IncidentParams,
    result: incidentSchemas.Incident,
    summary: "One incident, by its id or a former one.",
    run: async ({ id, cluster }, { services }) => wireIncident(await findIncident(services.store, id, cluster)),
  },
  "incidents/graph": {
    role: "viewer",
    params: rpcSchemas.IncidentParams,
    result: incidentSchemas.IncidentGraph,
    summary: "The causal graph of one incident: its episodes, what caused them, and why that is believed.",
    run: async ({ id, cluster }, context) => graphOf(await findIncident(context.services.store, id, cluster), context),
  },
};

function incidentQuery(params: IncidentsParams, nowMs: number): IncidentQuery {
  const { cluster, state, namespace, severity, since, limit, cursor, include_muted } = params;
  return {
    cluster,
    state,
    namespace,
    severity: severity === undefined ? undefined : severityOf(severity),
    sinceMs: since === undefined ? undefined : momentOrAgeOf(since, "since", nowMs),
    includeMuted: include_muted,
    limit: limit ?? PAGE_DEFAULT,
    cursor,
  };
}

function severityOf(word: string): Severity {
  const severity = parseSeverity(word);
  if (!severity) throw new ApiFault("badRequest", "severity must be INFO, WARNING, ERROR or FATAL", { field: "severity" });
  return severity;
}

async function graphOf(incident: Incident, { services }: CallContext) {
  const { store } = services;
  const { cluster } = incident;
  const links = await store.linksOf(cluster, incident.episodes, "effect");
  const ids = new Set<EpisodeId>([...incident.episodes, ...links.map(({ cause }) => cause)]);
  const episodes = await store.episodes(cluster, [...ids]);
  const rids = new Set<ResourceId>([
    ...episodes.map(({ rid }) => rid),
    ...links.flatMap(({ path }) => path.flatMap(({ from, to }) => [from, to])),
  ]);
  const subjects = await subjectsOf(store, cluster, [...rids]);
  const reasons = new Map(episodes.map(({ eid, reason }) => [eid, reason]));
  return wireIncidentGraph({
    incident,
    episodes,
    links,
    subjectOf: (rid) => subjects.get(rid) ?? subjectFromRid(cluster, rid),
    sentenceOf: (link, cause, effect) =>
      services.sentenceOf?.(link, cause, effect) ??
      `${reasons.get(link.cause)} on ${cause.kind} ${cause.name} can cause ${reasons.get(link.effect)} on ${effect.kind} ${effect.name}`,
    nodesMax: GRAPH_NODES_MAX,
  });
}

async function subjectsOf(store: GraphReader, cluster: string, rids: readonly ResourceId[]): Promise<Map<ResourceId, Subject>> {
  const found = await Promise.all(rids.map((rid) => store.findResources({ cluster, rid, limit: 1 })));
  return new Map(found.flatMap(([resource]) => (resource ? [[resource.rid, subjectOf(resource)] as const] : [])));
}
