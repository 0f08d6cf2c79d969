// `systemctl status` of the nodes' units: one that does not run is a condition of its node, its journal is a log of the node.
import { type Fields, listAt, textAt } from "../../agent/sources/fields.ts";
import type { RecordBody } from "../../agent/sources/port.ts";
import type { CaseContext } from "./case-context.ts";
import type { EvalCase } from "./read-case.ts";

/** The records of all units of a case. */
export function unitBodies(given: EvalCase, context: CaseContext): readonly RecordBody[] {
  return given.of("nodeUnit").flatMap((line) => {
    const node = textAt(line, "node") ?? "";
    const journal = listAt(line, "journal").flatMap((text): RecordBody[] =>
      typeof text === "string" && !text.startsWith("Notice:")
        ? [{ kind: "log", value: { line: text, node, fallbackAt: context.atMs } }]
        : [],
    );
    return [...condition(line, node, context), ...journal];
  });
}

/** `Active: inactive (dead) since Fri 2026-01-02 16:16:34 CST; 4min 19s ago`. */
function condition(line: Fields, node: string, context: CaseContext): readonly RecordBody[] {
  const active = textAt(line, "active") ?? "";
  const unit = textAt(line, "unit") ?? "";
  if (/^(active|activating|reloading)\b/.test(active)) return [];
  const said = listAt(line, "output").find((text) => typeof text === "string" && /^\s*Active:/.test(text));
  const since = /since \w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(String(said ?? ""));
  const sinceMs = since ? Date.parse(`${since[1]}T${since[2]}+08:00`) : context.atMs;
  const value = {
    event_id: `${node}/${unit}/${sinceMs}`,
    event_time: new Date(Math.min(sinceMs, context.atMs)).toISOString(),
    etype: "k8s.state",
    severity: "ERROR",
    reason: "NodeUnitFailed",
    message: `${unit}.service on ${node} is ${active}`,
    subject: { kind: "Node", name: node },
    discriminator: unit,
    category: "node",
    source: `systemctl status ${unit} on ${node}`,
  };
  return [{ kind: "episode", value }];
}
