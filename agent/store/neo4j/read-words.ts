// What is kept beside the graph: rules that mute, words on root causes, how far each source is processed.
import type { MuteRule } from "../../domain/incident.ts";
import type { Feedback } from "../port.ts";
import { storedFeedback, storedMute } from "../stored-bodies.ts";
import { number, text } from "../stored-values.ts";
import type { Tx } from "./connect.ts";

const PUT_MUTE = "MERGE (m:KgMute {id: $id}) SET m.body_json = $body";
const DROP_MUTE = "MATCH (m:KgMute {id: $id}) DELETE m RETURN count(*) AS n";
const PUT_FEEDBACK =
  "MERGE (f:KgFeedback {client_id: $c, incident: $incident, rid: $rid, reason: $reason}) SET f.at_ms = $at, f.body_json = $body";

/** Keeps a rule under its id, replacing an earlier one. */
export async function putMute(tx: Tx, rule: MuteRule): Promise<void> {
  await tx.run(PUT_MUTE, { id: rule.id, body: JSON.stringify(rule) });
}

/** Forgets a rule; false when there was none. */
export async function removeMute(tx: Tx, id: string): Promise<boolean> {
  return number((await tx.run(DROP_MUTE, { id }))[0]?.n) > 0;
}

/** Keeps a person's latest word on one root cause of one incident. */
export async function putFeedback(tx: Tx, feedback: Feedback): Promise<void> {
  const { cluster, incident, rid, reason, atMs } = feedback;
  await tx.run(PUT_FEEDBACK, { c: cluster, incident, rid, reason, at: atMs, body: JSON.stringify(feedback) });
}

/** All rules. */
export async function readMutes(tx: Tx): Promise<MuteRule[]> {
  const rows = await tx.run("MATCH (m:KgMute) RETURN m.body_json AS body ORDER BY m.id");
  return rows.flatMap(({ body }) => storedMute(body) ?? []);
}

/** Words said at or after, oldest first. */
export async function readFeedback(tx: Tx, sinceMs: number): Promise<Feedback[]> {
  const rows = await tx.run("MATCH (f:KgFeedback) WHERE f.at_ms >= $since RETURN f.body_json AS body ORDER BY f.at_ms", { since: sinceMs });
  return rows.flatMap(({ body }) => storedFeedback(body) ?? []);
}

/** How far each source is processed. */
export async function readCheckpoints(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.run("MATCH (k:KgCheckpoint) RETURN k.key AS key, k.value AS value ORDER BY key");
  return new Map(rows.map((row) => [text(row.key), text(row.value)]));
}
