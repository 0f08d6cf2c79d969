// What is kept beside the graph: rules that mute, words on root causes, how far each source is processed.
import type { MuteRule } from "../../domain/incident.ts";
import type { ChangeSet, Feedback } from "../port.ts";
import type { Session } from "./session.ts";

/** Keeps a rule under its id, replacing an earlier one. */
export function putMute({ sql }: Session, rule: MuteRule): void {
  sql.run("INSERT INTO mute VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", rule.id, JSON.stringify(rule));
}

/** Keeps a person's latest word on one root cause of one incident. */
export function putFeedback({ sql, names }: Session, feedback: Feedback): void {
  const cluster = names.makeCluster(feedback.cluster);
  sql.run(
    "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?)",
    cluster,
    feedback.incident,
    feedback.rid,
    feedback.reason,
    feedback.atMs,
    JSON.stringify(feedback),
  );
}

/** Keeps how far a source is processed. */
export function putCheckpoint({ sql }: Session, { key, value }: ChangeSet["checkpoints"][number]): void {
  sql.run("INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value);
}
