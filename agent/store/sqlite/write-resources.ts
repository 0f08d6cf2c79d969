// Writes resources: a row when it differs, the former state into the history when the object itself differs, and stubs that learnt their uid.
import { deepEqual } from "../../domain/deep-equal.ts";
import type { Json } from "../../domain/kube-object.ts";
import type { Resource } from "../../domain/resource.ts";
import type { ChangeSet } from "../port.ts";
import { editsBack, isSignificant, stateOf } from "../resource-state.ts";
import type { StateEdit } from "../state-diff.ts";
import { jsonText, number, optionalNumber, text } from "../stored-values.ts";
import { RESOURCE_COLUMNS, RESOURCE_TABLES, resourceOf } from "./resource-row.ts";
import type { Session } from "./session.ts";
import type { Row } from "./sql.ts";
import { moveRelations } from "./write-relations.ts";

/** A resource as it is stored; `sinceMs`: since when its state holds, `former`: the state before it. */
type Stored = { readonly resource: Resource; readonly sinceMs: number; readonly former: number | undefined };

/** Stored resources by node, which the working set mostly holds too, so that they cost only their places. */
export type Written = Map<number, Stored>;

// About 5 kB each where nobody else holds them (a writing thread): 25 MB.
const WRITTEN_MAX = 5_000;

/** Writes one resource unless it is stored just so. */
export function putResource(session: Session, resource: Resource): void {
  const { names, written } = session;
  const cluster = names.makeCluster(resource.cluster);
  const node = names.makeNode(cluster, resource.rid);
  const stored = written.get(node) ?? readStored(session, node, resource.cluster);
  if (stored?.resource === resource) return;
  const now = stored ? change(session, { cluster, node }, stored, resource) : insert(session, { cluster, node }, resource);
  // What has ended hardly changes any more.
  if (resource.endedAtMs !== undefined) written.delete(node);
  else {
    if (written.size >= WRITTEN_MAX) written.clear();
    written.set(node, now);
  }
}

function readStored({ sql }: Session, node: number, cluster: string): Stored | undefined {
  const row = sql.get(`SELECT ${RESOURCE_COLUMNS} FROM ${RESOURCE_TABLES} WHERE r.node = ?`, node);
  return row && { resource: resourceOf(row, cluster), sinceMs: number(row.since_ms), former: optionalNumber(row.former) };
}

type Place = { readonly cluster: number; readonly node: number };

function insert(session: Session, { cluster, node }: Place, resource: Resource): Stored {
  const state = stateOf(resource);
  session.sql.run(
    "INSERT INTO resource (node, cluster, kind, ns, name, uid, created_ms, ended_ms, labels, meta, owners, spec, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    node,
    cluster,
    resource.kind,
    resource.namespace,
    resource.name,
    resource.uid,
    resource.createdAtMs,
    resource.endedAtMs,
    jsonText(state.labels),
    jsonText(state.meta),
    jsonText(resource.object?.metadata.fieldOwners),
    jsonText(state.spec),
    jsonText(state.rest),
  );
  session.sql.run(
    "INSERT INTO present VALUES (?, ?, ?, NULL, ?, ?)",
    node,
    resource.updatedAtMs,
    resource.updatedAtMs,
    resource.object?.metadata.resourceVersion,
    jsonText(state.status),
  );
  count(session, cluster, resource, 1);
  return { resource, sinceMs: resource.updatedAtMs, former: undefined };
}

/** Writes the parts that differ, and keeps the former state if the object does. */
function change(session: Session, { cluster, node }: Place, stored: Stored, resource: Resource): Stored {
  const { sql } = session;
  const before = stored.resource;
  const edits = editsBack(before, resource);
  const { sinceMs, former } = edits.some(isSignificant) ? keepState(session, node, { stored, resource, edits }) : stored;
  if (!sameIdentity(before, resource)) {
    count(session, cluster, before, -1);
    count(session, cluster, resource, 1);
    sql.run(
      "UPDATE resource SET kind = ?, ns = ?, name = ?, uid = ?, ended_ms = ? WHERE node = ?",
      resource.kind,
      resource.namespace,
      resource.name,
      resource.uid,
      resource.endedAtMs,
      node,
    );
  }
  writeDeclared(session, node, { before, resource, edits });
  const { updatedAtMs } = resource;
  const version = resource.object?.metadata.resourceVersion;
  if (edits.some(([path]) => path[0] === "status")) {
    sql.run(
      "UPDATE present SET updated_ms = ?, since_ms = ?, former = ?, version = ?, status = ? WHERE node = ?",
      updatedAtMs,
      sinceMs,
      former,
      version,
      jsonText(resource.object?.status),
      node,
    );
  } else if (updatedAtMs !== before.updatedAtMs || version !== before.object?.metadata.resourceVersion || sinceMs !== stored.sinceMs)
    sql.run(
      "UPDATE present SET updated_ms = ?, since_ms = ?, former = ?, version = ? WHERE node = ?",
      updatedAtMs,
      sinceMs,
      former,
      version,
      node,
    );
  return { resource, sinceMs, former };
}

type Change = { readonly before: Resource; readonly resource: Resource; readonly edits: readonly StateEdit[] };

function writeDeclared({ sql }: Session, node: number, { before, resource, edits }: Change): void {
  const owners = resource.object?.metadata.fieldOwners;
  if (edits.some(([path]) => path[0] === "spec" || path[0] === "rest"))
    sql.run(
      "UPDATE resource SET spec = ?, rest = ? WHERE node = ?",
      jsonText(resource.object?.spec),
      jsonText(resource.object?.rest),
      node,
    );
  const isDescribedAnew =
    edits.some(([path]) => path[0] === "meta" || path[0] === "labels") ||
    before.createdAtMs !== resource.createdAtMs ||
    !deepEqual(before.object?.metadata.fieldOwners as Json | undefined, owners as Json | undefined);
  if (!isDescribedAnew) return;
  const state = stateOf(resource);
  sql.run(
    "UPDATE resource SET created_ms = ?, labels = ?, meta = ?, owners = ? WHERE node = ?",
    resource.createdAtMs,
    jsonText(state.labels),
    jsonText(state.meta),
    jsonText(owners),
    node,
  );
}

/** The former state goes into the history; since when the new one holds, and the row of the one before it. */
function keepState(
  { sql }: Session,
  node: number,
  { stored, resource, edits }: { readonly stored: Stored; readonly resource: Resource; readonly edits: readonly StateEdit[] },
): { sinceMs: number; former: number } {
  const { sinceMs, former } = stored;
  // A late version is dated no earlier than the state it replaces, so that intervals never overlap.
  const fromMs = Math.max(sinceMs, resource.updatedAtMs);
  const kept = sql.insert(
    "INSERT INTO state (node, former, from_ms, to_ms, patch) VALUES (?, ?, ?, ?, ?)",
    node,
    former,
    sinceMs,
    fromMs,
    JSON.stringify(edits),
  );
  return { sinceMs: fromMs, former: kept };
}

function sameIdentity(a: Resource, b: Resource): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.uid === b.uid && a.kind === b.kind && a.endedAtMs === b.endedAtMs;
}

/** A stub learnt its uid: its node takes the new rid, or, when that rid is stored already, everything about the stub moves there. */
export function rekey(session: Session, change: ChangeSet["rekeyed"][number]): void {
  const { sql, names } = session;
  const cluster = names.findCluster(change.cluster);
  const stub = cluster === undefined ? undefined : names.findNode(cluster, change.from);
  if (cluster === undefined || stub === undefined || change.from === change.to) return;
  const known = names.findNode(cluster, change.to);
  session.written.delete(stub);
  if (known === undefined) {
    sql.run("UPDATE node SET rid = ? WHERE id = ?", change.to, stub);
    sql.run("UPDATE resource SET uid = ? WHERE node = ? AND uid IS NULL", change.to.slice(change.to.indexOf(":") + 1), stub);
    names.moved(cluster, change.from, change.to, stub);
    return;
  }
  moveRelations(session, cluster, stub, known);
  sql.run("UPDATE episode SET node = ? WHERE node = ?", known, stub);
  session.written.delete(known);
  mergeResource(session, cluster, stub, known);
  sql.run("DELETE FROM node WHERE id = ?", stub);
  names.moved(cluster, change.from, change.to, known);
}

function count(session: Session, cluster: number, { kind, endedAtMs }: Pick<Resource, "kind" | "endedAtMs">, by: 1 | -1): void {
  if (endedAtMs === undefined) session.tally.add(cluster, "resource", kind, by);
}

function mergeResource(session: Session, cluster: number, stub: number, known: number): void {
  const { sql } = session;
  const from = sql.get(
    "SELECT kind, created_ms, ended_ms, former FROM resource r JOIN present p ON p.node = r.node WHERE r.node = ?",
    stub,
  );
  if (!from) return;
  if (!sql.get("SELECT node FROM resource WHERE node = ?", known)) {
    sql.run("UPDATE resource SET node = ? WHERE node = ?", known, stub);
    sql.run("UPDATE present SET node = ? WHERE node = ?", known, stub);
    moveStates(session, from.former, known);
    return;
  }
  // The stub was the same life seen by name only; it has no state to add, but it may have been seen earlier.
  sql.run("UPDATE resource SET created_ms = min(created_ms, ?) WHERE node = ?", number(from.created_ms), known);
  sql.run("DELETE FROM resource WHERE node = ?", stub);
  count(session, cluster, { kind: text(from.kind), endedAtMs: optionalNumber(from.ended_ms) }, -1);
}

function moveStates({ sql }: Session, latest: Row[string] | undefined, node: number): void {
  for (let state = latest; typeof state === "number"; state = sql.get("SELECT former FROM state WHERE id = ?", state)?.former) {
    sql.run("UPDATE state SET node = ? WHERE id = ?", node, state);
  }
}
