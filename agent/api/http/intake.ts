// Records that others send: /api/v1/updates, /api/v1/updates/batch and Alertmanager's webhook, through the pipeline like every other source.
import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { AlertsAnswer, UpdatesAnswer } from "../../protocol/graph.ts";
import type { Sink, SourceRecord } from "../../sources/port.ts";
import { ApiFault } from "../fault.ts";
import type { ApiOptions } from "../options.ts";
import * as schemas from "../schemas/graph.ts";
import { goneSignal, PROBLEM_ANSWERS } from "./routes.ts";

const BATCH_MAX = 1_000; // the pipeline's own batch size
const DURABLE_WITHIN_MS = 30_000;

type Refused = { path: string; reason: string };

/** What intake needs. */
export type IntakeOptions = Pick<ApiOptions, "parseUpdates" | "splitAlerts"> & {
  readonly sink: Sink;
  readonly nowMs: () => number;
  readonly stopped: AbortSignal;
};

/** Registers these routes. An entry that is wrong is refused by its path; the good ones beside it are applied. */
export function registerIntake(app: FastifyInstance, options: IntakeOptions): void {
  const config = { access: "operator" } as const;
  const querystring = Type.Object({ cluster: Type.Optional(schemas.Cluster) });
  const response = { 200: schemas.UpdatesResult, ...PROBLEM_ANSWERS };
  const one = { summary: "Applies resources, edges and events from another watcher.", querystring, body: schemas.Updates, response };
  app.post("/api/v1/updates", { config, schema: one }, async (request, reply) => {
    const parsed = options.parseUpdates(request.body, options.nowMs());
    if (!parsed.ok) throw wholeBodyFault(parsed.reason);
    return updatesAnswer(parsed.value, await accept(parsed.value, options, { query: request.query, gone: goneSignal(reply) }));
  });
  const many = { summary: "The same, several bodies at once.", querystring, body: Type.Array(schemas.Updates), response };
  app.post("/api/v1/updates/batch", { config, schema: many }, async (request, reply) => {
    if (!Array.isArray(request.body)) throw new ApiFault("badRequest", "the body must be a list of update bodies");
    const bodies = request.body.map((body: unknown, index) => ({
      path: `[${index}]`,
      parsed: options.parseUpdates(body, options.nowMs(), `[${index}].`),
    }));
    const useless = bodies.flatMap(({ path, parsed }): Refused[] => (parsed.ok ? [] : [{ path, reason: parsed.reason }]));
    const records = bodies.flatMap(({ parsed }) => (parsed.ok ? parsed.value : []));
    return updatesAnswer(records, [...useless, ...(await accept(records, options, { query: request.query, gone: goneSignal(reply) }))]);
  });
  const alerts = {
    summary: "Takes Alertmanager's webhook (version 4), or a list of alerts.",
    querystring,
    response: { 200: schemas.AlertsResult, ...PROBLEM_ANSWERS },
  };
  app.post("/api/v1/alerts", { config, schema: alerts }, async (request, reply): Promise<AlertsAnswer> => {
    const split = options.splitAlerts(request.body);
    if (!split.ok) throw wholeBodyFault(split.reason);
    const atMs = options.nowMs();
    const records = split.value.map((value, index): SourceRecord => {
      return { origin: { source: "alertmanager", path: `alerts[${index}]` }, atMs, body: { kind: "alert", value } };
    });
    const refused = await accept(records, options, { query: request.query, gone: goneSignal(reply) });
    return { applied: { alerts: records.length - refused.length }, refused };
  });
}

/** Hands the records to the pipeline and waits until they are durable; the answer is what it refused. */
async function accept(
  records: readonly SourceRecord[],
  { sink, stopped }: IntakeOptions,
  sender: { query: unknown; gone: AbortSignal },
): Promise<Refused[]> {
  const cluster = clusterOf(sender.query);
  const signal = AbortSignal.any([stopped, sender.gone, AbortSignal.timeout(DURABLE_WITHIN_MS)]);
  const refused: Refused[] = [];
  for (let from = 0; from < records.length; from += BATCH_MAX) {
    const batch = records
      .slice(from, from + BATCH_MAX)
      .map((record) => (record.cluster === undefined && cluster !== undefined ? { ...record, cluster } : record));
    const result = await sink.accept(batch, signal);
    refused.push(...result.refused.map(({ index, reason }) => ({ path: pathOf(batch[index]), reason })));
  }
  return refused;
}

function updatesAnswer(records: readonly SourceRecord[], refused: readonly Refused[]): UpdatesAnswer {
  const sent = records.map((record) => pathOf(record));
  const lost = new Set(refused.map(({ path }) => path));
  const applied = (part: string) => sent.filter((path) => !lost.has(path) && path.replace(/^\[\d+\]\./, "").startsWith(`${part}[`)).length;
  return { applied: { resources: applied("resources"), edges: applied("edges"), events: applied("events") }, refused: [...refused] };
}

function pathOf(record: SourceRecord | undefined): string {
  return record?.origin.path ?? "";
}

function clusterOf(query: unknown): string | undefined {
  const cluster = (query as { cluster?: unknown }).cluster;
  return typeof cluster === "string" && cluster !== "" ? cluster : undefined;
}

/** `timestamp: expected …`: the words before the colon are the field. */
function wholeBodyFault(reason: string): ApiFault {
  const field = /^([\w.[\]]+): /.exec(reason)?.[1];
  return new ApiFault("badRequest", reason, field === undefined ? {} : { field });
}
