// Writes resources: a row when it differs, the former state into the history when the object itself differs, and stubs that learnt their uid.
import { HEARTBEAT_FIELDS } from "../../domain/heartbeat.ts";
import type { Resource } from "../../domain/resource.ts";
import type { ChangeSet } from "../port.ts";
import { json, number, optionalNumber, optionalText, text } from "./columns.ts";
import { partsOf, type ResourceParts, STATE_PARTS, type StatePart } from "./resource-row.ts";
import type { Session } from "./session.ts";
import type { Row } from "./sql.ts";
import { diffState, type StateEdit } from "./state-diff.ts";
import { moveRelations } from "./write-relations.ts";

const STORED = "kind, ns, name, uid, created_ms, updated_ms, ended_ms, since_ms, former, labels, meta, edition, spec, status, rest";

/** Writes one resource unless it is stored just so. */
export function putResource(session: Session, resource: Resource): void {
  const { sql, names } = session;
  const cluster = names.makeCluster(resource.cluster);
  const node = names.makeNode(cluster, resource.rid);
  const parts = partsOf(resource);
  const stored = sql.get(`SELECT ${STORED} FROM resource WHERE node = ?`, node);
  if (!stored) {
    insertRow(session, { cluster, node }, resource, { parts, sinceMs: resource.updatedAtMs, former: undefined });
    return;
  }
  if (isStored(stored, resource, parts)) return;
  const state = nextState(session, { node, stored }, resource, parts);
  if (sameIdentity(stored, resource)) {
    sql.run(
      "UPDATE resource SET created_ms = ?, updated_ms = ?, since_ms = ?, former = ?, labels = ?, meta = ?, edition = ?, spec = ?, status = ?, rest = ? WHERE node = ?",
      resource.createdAtMs,
      resource.updatedAtMs,
      state.sinceMs,
      state.former,
      parts.labels,
      parts.meta,
      parts.edition,
      parts.spec,
      parts.status,
      parts.rest,
      node,
    );
    return;
  }
  count(session, cluster, stored, -1);
  sql.run("DELETE FROM resource WHERE node = ?", node);
  insertRow(session, { cluster, node }, resource, { parts, ...state });
}

/** A stub learnt its uid: its node takes the new rid, or, when that rid is stored already, everything about the stub moves there. */
export function rekey(session: Session, change: ChangeSet["rekeyed"][number]): void {
  const { sql, names } = session;
  const cluster = names.findCluster(change.cluster);
  const stub = cluster === undefined ? undefined : names.findNode(cluster, change.from);
  if (cluster === undefined || stub === undefined || change.from === change.to) return;
  const known = names.findNode(cluster, change.to);
  if (known === undefined) {
    sql.run("UPDATE node SET rid = ? WHERE id = ?", change.to, stub);
    sql.run("UPDATE resource SET uid = ? WHERE node = ? AND uid IS NULL", change.to.slice(change.to.indexOf(":") + 1), stub);
    names.moved(cluster, change.from, change.to, stub);
    return;
  }
  moveRelations(session, cluster, stub, known);
  sql.run("UPDATE episode SET node = ? WHERE node = ?", known, stub);
  mergeResource(session, cluster, stub, known);
  sql.run("DELETE FROM node WHERE id = ?", stub);
  names.moved(cluster, change.from, change.to, known);
}

function count(session: Session, cluster: number, row: Row, change: 1 | -1): void {
  if (row.ended_ms === null) session.tally.add(cluster, "resource", text(row.kind), change);
}

function insertRow(
  session: Session,
  at: { readonly cluster: number; readonly node: number },
  resource: Resource,
  state: { readonly parts: ResourceParts; readonly sinceMs: number; readonly former: number | undefined },
): void {
  const { parts } = state;
  session.sql.run(
    `INSERT INTO resource (node, cluster, ${STORED}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    at.node,
    at.cluster,
    resource.kind,
    resource.namespace,
    resource.name,
    resource.uid,
    resource.createdAtMs,
    resource.updatedAtMs,
    resource.endedAtMs,
    state.sinceMs,
    state.former,
    parts.labels,
    parts.meta,
    parts.edition,
    parts.spec,
    parts.status,
    parts.rest,
  );
  count(session, at.cluster, { kind: resource.kind, ended_ms: resource.endedAtMs ?? null }, 1);
}

function isStored(stored: Row, resource: Resource, parts: ResourceParts): boolean {
  return (
    stored.updated_ms === resource.updatedAtMs &&
    stored.created_ms === resource.createdAtMs &&
    sameIdentity(stored, resource) &&
    stored.edition === parts.edition &&
    STATE_PARTS.every((part) => stored[part] === parts[part])
  );
}

// The columns that are indexed: a row is rewritten in place as long as they stay.
function sameIdentity(stored: Row, resource: Resource): boolean {
  return (
    stored.name === resource.name &&
    optionalText(stored.ns) === resource.namespace &&
    optionalText(stored.uid) === resource.uid &&
    stored.kind === resource.kind &&
    optionalNumber(stored.ended_ms) === resource.endedAtMs
  );
}

/** Keeps the former state if the object differs; since when the new state holds, and the row of the one before it. */
function nextState(
  session: Session,
  at: { readonly node: number; readonly stored: Row },
  resource: Resource,
  parts: ResourceParts,
): { sinceMs: number; former: number | undefined } {
  const { stored, node } = at;
  const sinceMs = number(stored.since_ms);
  const former = optionalNumber(stored.former);
  const edits = STATE_PARTS.flatMap((part) =>
    stored[part] === parts[part] ? [] : diffState(partValue(parts[part]), partValue(stored[part]), [part]),
  );
  if (!edits.some(isSignificant)) return { sinceMs, former };
  // A late version is dated no earlier than the state it replaces, so that intervals never overlap.
  const fromMs = Math.max(sinceMs, resource.updatedAtMs);
  const kept = session.sql.insert(
    "INSERT INTO state (node, former, from_ms, to_ms, patch) VALUES (?, ?, ?, ?, ?)",
    node,
    former,
    sinceMs,
    fromMs,
    JSON.stringify(edits),
  );
  return { sinceMs: fromMs, former: kept };
}

function partValue(stored: Row[string] | undefined): ReturnType<typeof toJson> {
  return toJson(json(stored));
}

function toJson(value: unknown): Parameters<typeof diffState>[0] {
  return value as Parameters<typeof diffState>[0];
}

const KEPT_METADATA: ReadonlySet<string | number> = new Set(["labels", "ownerReferences", "deletionTimestamp"]);

function isSignificant([path]: StateEdit): boolean {
  const part = path[0] as StatePart;
  if (part === "meta") return path.length === 1 || (path[1] === "metadata" && KEPT_METADATA.has(path[2] ?? ""));
  return !HEARTBEAT_FIELDS.has(String(path.at(-1)));
}

function mergeResource(session: Session, cluster: number, stub: number, known: number): void {
  const { sql } = session;
  const from = sql.get("SELECT kind, created_ms, ended_ms, former FROM resource WHERE node = ?", stub);
  if (!from) return;
  if (!sql.get("SELECT node FROM resource WHERE node = ?", known)) {
    sql.run("UPDATE resource SET node = ? WHERE node = ?", known, stub);
    moveStates(session, from.former, known);
    return;
  }
  // The stub was the same life seen by name only; it has no state to add, but it may have been seen earlier.
  sql.run("UPDATE resource SET created_ms = min(created_ms, ?) WHERE node = ?", number(from.created_ms), known);
  sql.run("DELETE FROM resource WHERE node = ?", stub);
  count(session, cluster, from, -1);
}

function moveStates({ sql }: Session, latest: Row[string] | undefined, node: number): void {
  for (let state = latest; typeof state === "number"; state = sql.get("SELECT former FROM state WHERE id = ?", state)?.former) {
    sql.run("UPDATE state SET node = ? WHERE id = ?", node, state);
  }
}
