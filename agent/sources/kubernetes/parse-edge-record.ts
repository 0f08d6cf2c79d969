// contracts.md §1 EdgeRecord: an edge that somebody else reports, its ends named by kind, namespace and name.
import type { ResourceRef } from "../../domain/identity.ts";
import { isClusterScoped } from "../../domain/identity.ts";
import type { RelationType } from "../../domain/relation.ts";
import { RELATION_TYPES } from "../../domain/relation.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import { clip, firstTextAt, isFields, nameFault, textAt } from "../fields.ts";
import { properKind } from "../kinds.ts";
import { parseTime, timeFault } from "../times.ts";
import { parseOp } from "./parse-resource-record.ts";

/** An EdgeRecord's meaning. */
export type EdgeReported = {
  readonly op: "UPSERT" | "DELETE";
  readonly atMs: number;
  readonly type: RelationType;
  readonly source: ResourceRef;
  readonly target: ResourceRef;
  readonly evidence?: string | undefined;
};

const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Parses an EdgeRecord; `atMs` is taken where the record does not say when. */
export function parseEdgeRecord(value: unknown, atMs: number): Result<EdgeReported> {
  if (!isFields(value)) return refused("edge: expected an EdgeRecord");
  const op = parseOp(value["op"]);
  if (!op) return refused("op: expected UPSERT or DELETE");
  const seenMs = value["at"] === undefined ? atMs : parseTime(value["at"]);
  if (seenMs === undefined) return refused("at: expected an RFC 3339 time");
  const fault = timeFault(seenMs, atMs);
  if (fault) return refused(`at: ${fault}`);
  const word = textAt(value, "type")?.toUpperCase();
  const type = RELATION_TYPES.find((known) => known === word);
  if (!type) return refused(`type: expected one of ${RELATION_TYPES.join(", ")}`);
  const source = parseEnd(value["from"]);
  if (!source.ok) return refused(`from: ${source.reason}`);
  const target = parseEnd(value["to"]);
  if (!target.ok) return refused(`to: ${target.reason}`);
  const evidence = firstTextAt(value, ["evidence"]);
  return ok({
    op,
    atMs: seenMs,
    type,
    source: source.value,
    target: target.value,
    ...(evidence ? { evidence: clip(evidence, 1024) } : {}),
  });
}

/** `kind:namespace:name`, `kind:name` or `kind:uid`. Names of cluster-scoped kinds may hold colons (`clusterrole:system:node`). */
export function parseEnd(value: unknown): Result<ResourceRef> {
  if (typeof value !== "string" || value === "") return refused("expected kind:namespace:name");
  const [word = "", ...parts] = value.split(":");
  const rest = parts.join(":");
  const fault = nameFault(word) ?? nameFault(rest);
  if (fault) return refused(`${fault}, expected kind:namespace:name`);
  const kind = properKind(word);
  if (parts.length === 1 && UID.test(rest)) return ok({ kind, uid: rest, name: rest });
  if (parts.length === 1) return ok({ kind, name: rest });
  const namespace = parts[0] === "" ? undefined : parts[0];
  if (isClusterScoped(kind)) return ok({ kind, name: namespace === undefined ? parts.slice(1).join(":") : rest });
  const name = parts.slice(1).join(":");
  return name === "" ? refused("missing name, expected kind:namespace:name") : ok({ kind, ...(namespace ? { namespace } : {}), name });
}
