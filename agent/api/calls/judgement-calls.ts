// What people say about incidents: mute rules and feedback on root causes.
import { randomUUID } from "node:crypto";
import type { MuteRule } from "../../domain/incident.ts";
import type { MuteRequest } from "../../protocol/graph.ts";
import { ApiFault } from "../fault.ts";
import * as graphSchemas from "../schemas/graph.ts";
import { Incident } from "../schemas/incident.ts";
import { AcknowledgeParams } from "../schemas/live.ts";
import * as rpcSchemas from "../schemas/rpc.ts";
import { wireIncident } from "../to-wire/incident.ts";
import { wireMute } from "../to-wire/mute.ts";
import { momentOf } from "../to-wire/time.ts";
import type { CallTable } from "./call.ts";
import { findIncident } from "./find-one.ts";

/** The calls about mutes and feedback. */
export const JUDGEMENT_CALLS: Pick<CallTable, "mutes/list" | "mutes/add" | "mutes/remove" | "feedback" | "incidents/acknowledge"> = {
  "incidents/acknowledge": {
    role: "operator",
    params: AcknowledgeParams,
    result: Incident,
    summary: "Says that somebody looks after an open incident, or no longer does.",
    run: async ({ id, cluster, acknowledged = true }, { services }) => {
      const incident = await findIncident(services.store, id, cluster);
      if (incident.state !== "open") throw new ApiFault("conflict", "the incident is resolved: there is nothing to look after");
      await services.acknowledge(incident.cluster, incident.id, acknowledged);
      return wireIncident(await findIncident(services.store, incident.id, incident.cluster));
    },
  },
  "mutes/list": {
    role: "viewer",
    params: rpcSchemas.Nothing,
    result: rpcSchemas.Mutes,
    summary: "All mute rules.",
    run: async (_params, { services }) => ({ mutes: (await services.store.mutes()).map(wireMute) }),
  },
  "mutes/add": {
    role: "operator",
    params: graphSchemas.MuteParams,
    result: graphSchemas.Mute,
    summary: "Mutes incidents whose root cause matches.",
    run: async (params, { services, nowMs }) => {
      const rule = muteRule(params, nowMs);
      await services.store.putMute(rule);
      await services.mutesChanged?.();
      return wireMute(rule);
    },
  },
  "mutes/remove": {
    role: "operator",
    params: rpcSchemas.IdParams,
    result: rpcSchemas.Removed,
    summary: "Removes a mute rule.",
    run: async ({ id }, { services }) => {
      const removed = await services.store.removeMute(id);
      if (removed) await services.mutesChanged?.();
      return { removed };
    },
  },
  feedback: {
    role: "operator",
    params: graphSchemas.FeedbackParams,
    result: rpcSchemas.Stored,
    summary: "Says that a root cause was right or wrong.",
    run: async ({ incident: id, cluster, rid, verdict, comment }, { services, nowMs }) => {
      const incident = await findIncident(services.store, id, cluster);
      const { rootCause, causes } = incident.verdict;
      const candidate = rid === undefined ? rootCause : causes.find((cause) => cause.rid === rid);
      if (!candidate) {
        const detail =
          rid === undefined ? "the incident names no root cause: say which candidate is meant" : "rid is none of the incident's causes";
        throw new ApiFault("badRequest", detail, { field: "rid" });
      }
      const { reason, confidence } = candidate;
      await services.store.putFeedback({
        cluster: incident.cluster,
        incident: incident.id,
        rid: candidate.rid,
        reason,
        verdict,
        confidence,
        atMs: nowMs,
        comment,
      });
      return { stored: true };
    },
  },
};

function muteRule({ until, ...rule }: MuteRequest, nowMs: number): MuteRule {
  if ([rule.kind, rule.namespace, rule.name, rule.reason].every((word) => word === undefined)) {
    throw new ApiFault("badRequest", "kind, namespace, name or reason is missing: a rule without any would mute everything", {
      field: "kind",
    });
  }
  return { ...rule, id: randomUUID(), createdAtMs: nowMs, ...(until === undefined ? {} : { untilMs: momentOf(until, "until") }) };
}
