// Tables as kubectl prints them: columns by where their headings begin.
import type { Fields } from "../fields.ts";
import { knownKind, properKind } from "../kinds.ts";
import { parseAge } from "../times.ts";
import type { Ages, DumpItem, FileContent } from "./dump-item.ts";

/** A row by its column headings; an empty or `<none>` cell is missing. */
export type Row = ReadonlyMap<string, string>;

const ROWS_MAX = 200_000;

/** The rows under the first line, until an empty line. Headings are parted by two or more spaces. */
export function tableRows(lines: readonly string[]): readonly Row[] {
  const heading = lines[0] ?? "";
  const columns = [...heading.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], start: match.index }));
  const rows: Row[] = [];
  for (const line of lines.slice(1, ROWS_MAX)) {
    if (line.trim() === "") break;
    if (!/^\s*-{2,}/.test(line)) rows.push(new Map(cells(line, columns)));
  }
  return rows;
}

function cells(line: string, columns: readonly { readonly name: string; readonly start: number }[]): readonly [string, string][] {
  return columns.flatMap(({ name, start }, at): [string, string][] => {
    const cell = line.slice(start, columns[at + 1]?.start).trim();
    return cell === "" || cell === "<none>" ? [] : [[name, cell]];
  });
}

/** `kubectl get events` and `kubectl events`, also with `-A` and `-o wide`. */
export function eventsTable(text: string, namespace: string | undefined): FileContent {
  const items = tableRows(text.split("\n")).flatMap((row, at): DumpItem[] => {
    const [word = "", name = ""] = splitObject(row.get("OBJECT") ?? "");
    const ages = eventAges(row.get("LAST SEEN"), row.get("FIRST SEEN"));
    if (name === "" || !ages) return [];
    const ns = row.get("NAMESPACE") ?? namespace ?? "default";
    const subObject = row.get("SUBOBJECT");
    return [
      {
        is: "event",
        path: `line ${at + 2}`,
        ages: ages.ages,
        value: {
          apiVersion: "v1",
          kind: "Event",
          metadata: { namespace: ns },
          type: row.get("TYPE") ?? "Normal",
          reason: row.get("REASON"),
          message: row.get("MESSAGE") ?? "",
          count: Number(row.get("COUNT") ?? ages.count) || 1,
          involvedObject: {
            kind: properKind(knownKind(word) ?? word),
            name,
            namespace: ns,
            ...(subObject ? { fieldPath: subObject } : {}),
          },
        },
      },
    ];
  });
  return items.length > 0 ? { items, lists: [] } : { items, lists: [], fault: "a table of events without a row that can be read" };
}

function splitObject(text: string): readonly string[] {
  const slash = text.indexOf("/");
  return slash < 0 ? [] : [text.slice(0, slash), text.slice(slash + 1)];
}

/** `2m` or `2m (x5 over 10m)`; undefined for `<unknown>`. */
export function eventAges(last: string | undefined, first?: string): { readonly ages: Ages; readonly count: number } | undefined {
  const match = /^(\S+)(?:\s+\(x(\d+) over (\S+)\))?/.exec(last ?? "");
  const lastMs = parseAge(match?.[1] ?? "");
  if (lastMs === undefined) return undefined;
  const firstMs = parseAge(match?.[3] ?? "") ?? parseAge(first ?? "") ?? lastMs;
  return { ages: { firstMs: Math.max(firstMs, lastMs), lastMs }, count: Number(match?.[2] ?? 1) };
}

/** `kubectl get pods`, also with `-A`, `-o wide`, `--show-labels`: partial pods. Other tables say too little to be used. */
export function podsTable(text: string, namespace: string | undefined): FileContent {
  const lines = text.split("\n");
  const heading = lines[0] ?? "";
  if (!/ READY +STATUS +RESTARTS /.test(heading))
    return { items: [], lists: [], fault: "a kubectl table; only tables of pods and of events are read" };
  const items = tableRows(lines).map(
    (row, at): DumpItem => ({ is: "object", path: `line ${at + 2}`, value: podOfRow(row, namespace ?? "default") }),
  );
  return { items, lists: [] };
}

/** Phases; any other word in the STATUS column is a waiting or terminated reason of a container. */
const PHASES: Readonly<Record<string, string>> = {
  Running: "Running",
  Pending: "Pending",
  Completed: "Succeeded",
  Succeeded: "Succeeded",
  Failed: "Failed",
  Unknown: "Unknown",
  Terminating: "Running",
  NotReady: "Running",
};
const TERMINATED = new Set(["Error", "OOMKilled", "ContainerCannotRun", "DeadlineExceeded", "StartError"]);
const POD_REASONS = new Set([
  "Evicted",
  "NodeLost",
  "NodeAffinity",
  "OutOfcpu",
  "OutOfmemory",
  "OutOfpods",
  "Shutdown",
  "UnexpectedAdmissionError",
]);

function podOfRow(row: Row, namespace: string): Fields {
  const [isInit, reason] = splitStatus(row.get("STATUS") ?? "Unknown");
  const [ready = 0, total = 0] = (row.get("READY") ?? "0/0").split("/").map(Number);
  const labels = Object.fromEntries(
    (row.get("LABELS") ?? "")
      .split(",")
      .map((pair) => pair.split("=", 2))
      .filter((pair) => pair.length === 2),
  );
  const statuses = [containerStatus(reason, ready >= total && total > 0, Number.parseInt(row.get("RESTARTS") ?? "0", 10))];
  const isPodReason = POD_REASONS.has(reason);
  const phase = isPodReason ? "Failed" : isInit ? "Pending" : phaseOf(reason);
  const node = row.get("NODE");
  return {
    apiVersion: "v1",
    kind: "Pod",
    partial: true,
    metadata: {
      name: row.get("NAME"),
      namespace: row.get("NAMESPACE") ?? namespace,
      labels,
      ...(reason === "Terminating" ? { deletionTimestamp: "unknown" } : {}),
    },
    spec: node ? { nodeName: node } : {},
    status: {
      ...(phase ? { phase } : {}),
      ...(isPodReason ? { reason } : { [isInit ? "initContainerStatuses" : "containerStatuses"]: statuses }),
    },
  };
}

/** Undefined where the word fits several: a pod that shows `Error` may have failed for good or be about to restart. */
function phaseOf(reason: string): string | undefined {
  if (TERMINATED.has(reason)) return undefined;
  return PHASES[reason] ?? (reason === "CrashLoopBackOff" ? "Running" : "Pending");
}

function splitStatus(status: string): readonly [boolean, string] {
  return status.startsWith("Init:") ? [true, status.slice(5)] : [false, status];
}

/** The table names no container. */
function containerStatus(reason: string, ready: boolean, restartCount: number): Fields {
  return { name: "(unnamed)", ready, restartCount: Number.isFinite(restartCount) ? restartCount : 0, state: containerState(reason) };
}

function containerState(reason: string): Fields {
  if (reason === "OOMKilled") return { terminated: { reason, exitCode: 137 } };
  if (TERMINATED.has(reason)) return { terminated: { reason, exitCode: 1 } };
  if (reason === "Completed" || reason === "Succeeded") return { terminated: { reason: "Completed", exitCode: 0 } };
  if (reason === "Pending" || /^\d+\/\d+$/.test(reason)) return { waiting: {} };
  return PHASES[reason] === undefined ? { waiting: { reason } } : { running: {} };
}
