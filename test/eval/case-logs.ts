// The logs of a case, through the product's own reader of log files.
import { logValues } from "../../agent/sources/dump/log-lines.ts";
import type { LogOwner } from "../../agent/sources/dump/log-names.ts";
import { type Fields, fieldsAt, firstTextAt, isFields, listAt, numberAt, textAt } from "../../agent/sources/fields.ts";
import type { LineRead } from "../../agent/sources/lines.ts";
import type { RecordBody } from "../../agent/sources/port.ts";
import { parseTime } from "../../agent/sources/times.ts";
import { type CaseContext, isPodOf, nameOf } from "./case-context.ts";
import type { EvalCase } from "./read-case.ts";

/** Log lines and summaries of error lines as log records of the service's pod. What kubectl itself said when it found no log is no log. */
export async function logBodies(given: EvalCase, context: CaseContext): Promise<readonly RecordBody[]> {
  const bodies: RecordBody[] = [];
  const logs = [
    ...given
      .of("log")
      .map((line) => ({ service: textAt(line, "service") ?? "", lines: listAt(line, "lines").filter((text) => typeof text === "string") })),
    ...given
      .of("errorLogSummary")
      .map((line) => ({ service: textAt(line, "service") ?? "", lines: summaryLines(textAt(line, "text") ?? "") })),
  ];
  for (const { service, lines } of logs) {
    const owner = ownerOf(service, context);
    if (!owner) continue;
    const texts = lines
      .map((text) => text.replace(/^\[[\w-]{1,40}\] (?=\S)/, ""))
      .filter(
        (text) =>
          !/^(Error: )?(error|Error|Defaulted container)/.test(text) ||
          !/kubectl|from server|Defaulted container|is not valid for pod|not found$/.test(text),
      );
    for await (const { value } of logValues(linesOf(texts), owner, endOf(owner, context))) bodies.push({ kind: "log", value });
  }
  return bodies;
}

/** Error lines as they are, or one sample line for each pattern that was counted. */
function summaryLines(text: string): readonly string[] {
  if (!text.trimStart().startsWith("{")) return text.split("\n");
  try {
    const summary: unknown = JSON.parse(text);
    return listAt(isFields(summary) ? summary : undefined, "patterns").flatMap((pattern) =>
      isFields(pattern) ? (firstTextAt(pattern, ["sample", "pattern"]) ?? "").split("\n") : [],
    );
  } catch {
    return [...text.matchAll(/"(?:sample|pattern)": ("(?:[^"\\]|\\.)*")/g)].map(([, quoted]) => String(JSON.parse(quoted ?? '""')));
  }
}

async function* linesOf(texts: readonly string[]): AsyncGenerator<LineRead> {
  for (const [at, text] of texts.entries()) yield { number: at + 1, text };
}

/** `cart`, `cart.previous`, `cart.istio-proxy`: the youngest pod of the workload, or for a crashed container the one that restarted most. */
function ownerOf(service: string, { objects, namespace }: CaseContext): LogOwner | undefined {
  const [app = "", part] = service.split(".");
  const own = objects.filter((object) => object["kind"] === "Pod" && isPodOf(nameOf(object), app));
  const previous = part === "previous";
  const best = [...own].sort(
    (a, b) => (previous ? restarts(b) - restarts(a) : 0) || createdMs(b) - createdMs(a) || (nameOf(a) < nameOf(b) ? -1 : 1),
  )[0];
  if (!best) return undefined;
  const container = part === undefined || previous ? firstContainer(best) : part;
  return { namespace, pod: nameOf(best), ...(container ? { container } : {}), previous };
}

/** Lines without a time are from the end of what ran: of the run before, when it ended. */
function endOf(owner: LogOwner, { objects, atMs }: CaseContext): number {
  if (!owner.previous) return atMs;
  const pod = objects.find((object) => object["kind"] === "Pod" && nameOf(object) === owner.pod);
  const ended = statusesOf(pod).map((status) => parseTime(fieldsAt(fieldsAt(status, "lastState"), "terminated")?.["finishedAt"]));
  return ended.find((ms) => ms !== undefined) ?? atMs;
}

function firstContainer(pod: Fields): string | undefined {
  const containers = listAt(fieldsAt(pod, "spec"), "containers").filter(isFields);
  return textAt(containers.find((container) => textAt(container, "name") !== "istio-proxy") ?? containers[0], "name");
}

function restarts(pod: Fields): number {
  return statusesOf(pod).reduce((total, status) => total + (numberAt(status, "restartCount") ?? 0), 0);
}

function statusesOf(pod: Fields | undefined): readonly Fields[] {
  return listAt(fieldsAt(pod, "status"), "containerStatuses").filter(isFields);
}

function createdMs(pod: Fields): number {
  return parseTime(fieldsAt(pod, "metadata")?.["creationTimestamp"]) ?? 0;
}
