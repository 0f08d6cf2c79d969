// Records as they came to model types: the first stage. Whatever the body holds, the answer is signals, a reason to drop it, or a reason to refuse it.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Result } from "../domain/result.ts";
import { refused, unreachable } from "../domain/result.ts";
import type { Occurrence, Signal } from "../domain/signal.ts";
import type { AlertParsed } from "../sources/alerts/parse-alert.ts";
import { clusterOfAlert, parseAlert, splitAlerts } from "../sources/alerts/parse-alert.ts";
import { parseEpisode } from "../sources/events/parse-episode.ts";
import { parseEvent } from "../sources/events/parse-event.ts";
import { clip, fieldsAt, firstTextAt, isFields, listAt, nameFault, textAt } from "../sources/fields.ts";
import { parseEdgeRecord } from "../sources/kubernetes/parse-edge-record.ts";
import { parseObject } from "../sources/kubernetes/parse-object.ts";
import { parseResourceRecord } from "../sources/kubernetes/parse-resource-record.ts";
import { parseLog } from "../sources/logs/parse-log.ts";
import type { SourceRecord } from "../sources/port.ts";
import { isEventObject } from "../sources/recorded-line.ts";
import { EARLIEST_MS } from "../sources/times.ts";

/** `faults`: entries of a record with several (a webhook's alerts) that were refused beside good ones. */
export type Normalised =
  | { readonly kind: "signals"; readonly signals: readonly Signal[]; readonly faults?: readonly string[] }
  | { readonly kind: "dropped"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

const LATEST_MS = Date.UTC(2200, 0, 1);

/** What is known of resources: versions of one object, and objects under one owner, share what is the same in them. */
export type KnownObjects = {
  of(cluster: string, kind: string, uid: string): KubeObject | undefined;
  /** Another one of the kind that this owner controls. */
  under(cluster: string, kind: string, owner: { readonly kind: string; readonly uid: string }): KubeObject | undefined;
};

/**
 * Normalises one record; never throws. The cluster is the record's own, else `defaultCluster` (contracts.md §8). `keepLogs`: log lines kept besides those that
 * mean something.
 */
export function normalise(
  record: SourceRecord,
  defaultCluster: string,
  keepLogs: readonly RegExp[] = [],
  known?: KnownObjects,
): Normalised {
  if (!(record.atMs >= EARLIEST_MS && record.atMs <= LATEST_MS))
    return { kind: "refused", reason: "at: the time of the record lies before 2014 or is none" };
  if (record.body.kind === "alert") return alerts(record.body.value, record, defaultCluster);
  const cluster = clusterOf(record, defaultCluster);
  const fault = nameFault(cluster);
  return fault || typeof cluster !== "string"
    ? { kind: "refused", reason: `cluster: ${fault ?? "missing"}` }
    : normaliseIn(record, cluster, keepLogs, known);
}

function clusterOf({ body, cluster }: SourceRecord, defaultCluster: string): unknown {
  // A raw object has no field of ours: one called `cluster` is its own business.
  const carries =
    body.kind === "resource" || body.kind === "edge" || body.kind === "episode" || body.kind === "log" || body.kind === "event";
  const own =
    carries && isFields(body.value)
      ? firstTextAt(body.value, body.kind === "event" ? ["cluster", "client_id", "clusterName"] : ["cluster", "client_id"])
      : undefined;
  return own ?? cluster ?? defaultCluster;
}

function normaliseIn({ body, atMs }: SourceRecord, cluster: string, keepLogs: readonly RegExp[], known?: KnownObjects): Normalised {
  switch (body.kind) {
    case "object":
      return isFields(body.value) && isEventObject(body.value)
        ? event(body.value, body.op, cluster, atMs)
        : object(parseObject(body.value, atMs, knownOf(body.value, cluster, known)), body.op, cluster, atMs);
    case "resource": {
      const seen = parseResourceRecord(body.value, atMs);
      return seen.ok ? signals([{ kind: "object", cluster, ...seen.value }]) : refusal(seen);
    }
    case "edge": {
      const edge = parseEdgeRecord(body.value, atMs);
      return edge.ok ? signals([{ kind: "edge", cluster, ...edge.value }]) : refusal(edge);
    }
    case "event":
      return occurrence(parseEvent(body.value, cluster, atMs));
    case "episode":
      return occurrence(parseEpisode(body.value, cluster, atMs));
    case "log": {
      const log = parseLog(body.value, cluster, atMs, keepLogs);
      if (!log.ok) return refusal(log);
      return "kept" in log.value ? signals([log.value.kept]) : { kind: "dropped", reason: log.value.dropped };
    }
    case "gap":
      return signals([
        { kind: "gap", cluster, atMs, key: clip(body.key, 256), text: body.text === undefined ? undefined : clip(body.text, 1024) },
      ]);
    case "alert":
      return { kind: "refused", reason: "alert: is normalised entry by entry" };
    default:
      return unreachable(body);
  }
}

function knownOf(value: unknown, cluster: string, known: KnownObjects | undefined): KubeObject | undefined {
  if (!known || !isFields(value)) return undefined;
  const metadata = fieldsAt(value, "metadata");
  const uid = textAt(metadata, "uid");
  if (uid === undefined) return undefined;
  const kind = String(value["kind"]);
  const same = known.of(cluster, kind, uid);
  const owner = same ? undefined : listAt(metadata, "ownerReferences")[0];
  if (!isFields(owner)) return same;
  const [ownerKind, ownerUid] = [textAt(owner, "kind"), textAt(owner, "uid")];
  return ownerKind && ownerUid ? known.under(cluster, kind, { kind: ownerKind, uid: ownerUid }) : undefined;
}

function object(parsed: Result<KubeObject>, op: "UPSERT" | "DELETE", cluster: string, atMs: number): Normalised {
  return parsed.ok ? signals([{ kind: "object", cluster, op, atMs, object: parsed.value }]) : refusal(parsed);
}

/** The API server deletes Events after an hour; that is no news. */
function event(value: unknown, op: "UPSERT" | "DELETE", cluster: string, atMs: number): Normalised {
  return op === "DELETE" ? { kind: "dropped", reason: "event expired" } : occurrence(parseEvent(value, cluster, atMs));
}

function alerts(body: unknown, record: SourceRecord, defaultCluster: string): Normalised {
  const split = splitAlerts(body);
  if (!split.ok) return refusal(split);
  const results = split.value.map((alert): Result<AlertParsed> => {
    const cluster = clusterOfAlert(alert, record.cluster) ?? defaultCluster;
    const fault = nameFault(cluster);
    return fault ? refused(`cluster: ${fault}`) : parseAlert(alert, cluster, record.atMs);
  });
  const faults = results.flatMap((result) => (result.ok ? [] : [result.reason]));
  const kept = results.flatMap((result) => (result.ok && "kept" in result.value ? [result.value.kept] : []));
  if (kept.length > 0) return { kind: "signals", signals: kept, ...(faults.length > 0 ? { faults } : {}) };
  if (faults[0] !== undefined) return { kind: "refused", reason: faults[0] };
  const dropped = results.flatMap((result) => (result.ok && "dropped" in result.value ? [result.value.dropped] : []));
  return { kind: "dropped", reason: dropped[0] ?? "no alerts" };
}

function signals(list: readonly Signal[]): Normalised {
  return { kind: "signals", signals: list };
}

function occurrence(parsed: Result<Occurrence>): Normalised {
  return parsed.ok ? signals([parsed.value]) : refusal(parsed);
}

function refusal(result: { readonly ok: false; readonly reason: string }): Normalised {
  return { kind: "refused", reason: result.reason };
}
