// Finds resources by rid, uid or name, as they are now or as they were at a time.
import type { Resource } from "../../domain/resource.ts";
import type { GraphReader } from "../port.ts";
import { asState } from "../resource-state.ts";
import { applyPatch, parsePatch, type StatePatch } from "../state-diff.ts";
import { number, text } from "../stored-values.ts";
import { BARE_COLUMNS, RESOURCE_COLUMNS, resourceInState, resourceOf, storedState } from "./resource-row.ts";
import type { Session } from "./session.ts";
import type { Bound, Row } from "./sql.ts";

/** The port's query for resources. */
export type ResourceQuery = Parameters<GraphReader["findResources"]>[0];

/**
 * Live ones first, then the most recently ended. With `atMs`: only the lives that held then, each in its state of then; `endedAtMs` still says when it ended.
 * A rid of name form whose resource has learnt its uid since is looked up by that name.
 */
export function findResources(session: Session, query: ResourceQuery): Resource[] {
  if (
    query.rid === undefined &&
    query.uid === undefined &&
    query.name === undefined &&
    query.kind === undefined &&
    query.namespace === undefined
  )
    return [];
  // Most uids that are asked for are new: one look into the index says so.
  if (query.uid !== undefined && !session.sql.get("SELECT 1 AS one FROM resource WHERE uid = ? LIMIT 1", query.uid)) return [];
  const rows = selectResources(session, query);
  if (rows.length > 0 || query.rid === undefined) return rows.map((row) => resourceAt(session, row, query.atMs));
  const named = nameQuery(query);
  return named
    ? selectResources(session, named)
        .filter((row) => text(row.kind).toLowerCase() === kindOf(query.rid))
        .map((row) => resourceAt(session, row, query.atMs))
    : [];
}

/** The resource of a row as it was at a time; absent: as it is. */
export function resourceAt(session: Session, row: Row, atMs: number | undefined): Resource {
  const cluster = session.names.clusterName(number(row.cluster));
  const former = atMs === undefined || atMs >= number(row.since_ms) ? [] : formerStates(session, row, atMs);
  const last = former.at(-1);
  if (!last) return resourceOf(row, cluster);
  let state = storedState(row);
  for (const { patch } of former) state = asState(applyPatch(state, patch));
  return resourceInState(row, cluster, state, last.fromMs);
}

/** One state that was followed by another: `patch` turns the one that followed into it. */
export type FormerState = { readonly fromMs: number; readonly toMs: number; readonly patch: StatePatch };

/** The former states of a resource's row, latest first, back to the one that held at `atMs` (absent: all that are kept). */
export function formerStates(session: Session, row: Row, atMs = Number.NEGATIVE_INFINITY): FormerState[] {
  const states: FormerState[] = [];
  const next = (id: Bound): Row | undefined => session.sql.get("SELECT former, from_ms, to_ms, patch FROM state WHERE id = ?", id);
  for (let state = next(row.former); state && number(state.to_ms) > atMs; state = next(state.former)) {
    states.push({ fromMs: number(state.from_ms), toMs: number(state.to_ms), patch: parsePatch(text(state.patch)) ?? [] });
  }
  return states;
}

function selectResources(session: Session, query: ResourceQuery): Row[] {
  const cluster = query.cluster === undefined ? undefined : session.names.findCluster(query.cluster);
  if (query.cluster !== undefined && cluster === undefined) return [];
  const conditions: string[] = [];
  const values: Bound[] = [];
  const require = (condition: string, value: Bound): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  require("n.rid = ?", query.rid);
  require("n.cluster = ?", query.rid === undefined ? undefined : cluster);
  require("r.uid = ?", query.uid);
  require("r.name = ?", query.name);
  require("r.kind = ?", query.kind);
  require("r.cluster = ?", cluster);
  // An absent namespace matches any, an empty one only resources outside namespaces.
  if (query.namespace === "") conditions.push("r.ns IS NULL");
  else require("r.ns = ?", query.namespace);
  require("r.created_ms <= ?", query.atMs);
  require("(r.ended_ms IS NULL OR r.ended_ms > ?)", query.atMs);
  // Every cluster is asked for its own rid, since that is the key.
  const nodes = query.rid !== undefined && cluster === undefined ? "cluster c CROSS JOIN node n ON n.cluster = c.id" : "node n";
  return session.sql.all(
    `SELECT ${query.bare ? BARE_COLUMNS : RESOURCE_COLUMNS} FROM ${nodes} JOIN resource r ON r.node = n.id JOIN present p ON p.node = r.node WHERE ${conditions.join(" AND ")}
     ORDER BY r.ended_ms IS NOT NULL, r.ended_ms DESC, r.created_ms DESC, r.node LIMIT ?`,
    ...values,
    Math.max(0, query.limit),
  );
}

/** The query by name for a rid of name form: `kind:ns:name` or `kind:name`. */
function nameQuery(query: ResourceQuery): ResourceQuery | undefined {
  const parts = (query.rid ?? "").split(":");
  const { rid: _, ...rest } = query;
  if (parts.length >= 3) return { ...rest, namespace: parts[1], name: parts.slice(2).join(":") };
  return parts.length === 2 && parts[1] ? { ...rest, namespace: "", name: parts[1] } : undefined;
}

function kindOf(rid: string | undefined): string {
  return (rid ?? "").split(":")[0] ?? "";
}
