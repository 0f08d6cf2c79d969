// The graph: statistics, one resource, its neighbourhood, and the causes of one episode.

import type { RcaQuery } from "../../operations/rca.ts";
import type { RcaRequest } from "../../protocol/graph.ts";
import { ApiFault } from "../fault.ts";
import * as graphSchemas from "../schemas/graph.ts";
import * as rpcSchemas from "../schemas/rpc.ts";
import { wireRca } from "../to-wire/rca.ts";
import { wireResource, wireTopology } from "../to-wire/resource.ts";
import { wireStats } from "../to-wire/stats.ts";
import { momentOf } from "../to-wire/time.ts";
import type { CallTable } from "./call.ts";
import { ambiguous, findResource } from "./find-one.ts";

// A neighbourhood beyond this says `truncated`; about 4 kB each on the wire.
const TOPOLOGY_RESOURCES_MAX = 500;
const DEPTH_DEFAULT = 2;
const MINUTE_MS = 60_000;

/** The calls about the graph. */
export const GRAPH_CALLS: Pick<CallTable, "graph/stats" | "graph/resource" | "graph/topology" | "rca"> = {
  "graph/stats": {
    role: "viewer",
    params: rpcSchemas.StatsParams,
    result: graphSchemas.Stats,
    summary: "Counts of what the store holds.",
    run: async ({ cluster }, { services, nowMs }) => wireStats(await services.store.stats(cluster), nowMs),
  },
  "graph/resource": {
    role: "viewer",
    params: rpcSchemas.ResourceParams,
    result: graphSchemas.Resource,
    summary: "One resource by uid or rid, now or as it was (at).",
    run: async ({ uid, cluster, at }, { services }) =>
      wireResource(await findResource(services.store, { uid, cluster, atMs: at === undefined ? undefined : momentOf(at, "at") })),
  },
  "graph/topology": {
    role: "viewer",
    params: rpcSchemas.TopologyParams,
    result: graphSchemas.Topology,
    summary: "The neighbourhood of a resource, now or as it was (at).",
    run: async ({ uid, cluster, depth, at }, { services }) => {
      const atMs = at === undefined ? undefined : momentOf(at, "at");
      const root = await findResource(services.store, { uid, cluster, atMs });
      const hops = depth ?? DEPTH_DEFAULT;
      const near = await services.store.neighbourhood({ cluster: root.cluster, rid: root.rid, hops, atMs, limit: TOPOLOGY_RESOURCES_MAX });
      return wireTopology(root.rid, near, atMs);
    },
  },
  rca: {
    role: "viewer",
    params: graphSchemas.RcaParams,
    result: graphSchemas.Rca,
    summary: "What can have caused an event (or the worst latest event of a resource), who else is hit, and what happened around it.",
    run: async (params, { services }) => {
      const what = params.event_id === undefined ? `resource ${params.resource_uid}` : `event ${params.event_id}`;
      const outcome = await services.rca(rcaQuery(params));
      switch (outcome.found) {
        case "one":
          return wireRca(outcome.answer);
        case "several":
          throw ambiguous(what, outcome.clusters);
        case "none":
          throw new ApiFault(
            "notFound",
            params.event_id === undefined ? `there is no ${what}, or nothing happened to it` : `there is no ${what}`,
          );
      }
    },
  },
};

function rcaQuery(params: RcaRequest): RcaQuery {
  const { event_id, resource_uid, cluster, time_window_minutes = 15, max_hops = 3, min_confidence = 0.4 } = params;
  if (event_id === undefined && resource_uid === undefined) {
    throw new ApiFault("badRequest", "event_id or resource_uid is missing: say which one to explain", { field: "event_id" });
  }
  return {
    eid: event_id,
    uid: resource_uid,
    cluster,
    windowMs: time_window_minutes * MINUTE_MS,
    hopsMax: max_hops,
    scoreMin: min_confidence,
  };
}
