// Which HTTP route is which call, as a table; the rest of the work is the same for all.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type, { type TObject, type TSchema } from "typebox";
import type { CallName } from "../calls/call.ts";
import { CALLS, type Invoke } from "../calls/invoke.ts";
import { ApiFault } from "../fault.ts";
import { Cluster } from "../schemas/graph.ts";
import { ProblemSchema } from "../schemas/health.ts";

/** One route: parameters come from the path, then the body (POST), then the query. `status` is that of a good answer. */
export type CallRoute = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly call: CallName;
  readonly status?: number;
};

/** Every route that answers a call (contracts.md §3). */
export const CALL_ROUTES: readonly CallRoute[] = [
  { method: "POST", url: "/api/v1/rca", call: "rca" },
  { method: "GET", url: "/api/v1/rca/:event_id", call: "rca" },
  { method: "GET", url: "/api/v1/graph/stats", call: "graph/stats" },
  { method: "GET", url: "/api/v1/graph/resource/:uid", call: "graph/resource" },
  { method: "GET", url: "/api/v1/graph/topology/:uid", call: "graph/topology" },
  { method: "GET", url: "/api/v1/incidents", call: "incidents/list" },
  { method: "GET", url: "/api/v1/incidents/:id", call: "incidents/get" },
  { method: "GET", url: "/api/v1/incidents/:id/graph", call: "incidents/graph" },
  { method: "POST", url: "/api/v1/incidents/:id/acknowledge", call: "incidents/acknowledge" },
  { method: "GET", url: "/api/v1/live/object", call: "live/object" },
  { method: "GET", url: "/api/v1/live/log", call: "live/log" },
  { method: "GET", url: "/api/v1/mutes", call: "mutes/list" },
  { method: "POST", url: "/api/v1/mutes", call: "mutes/add", status: 201 },
  { method: "DELETE", url: "/api/v1/mutes/:id", call: "mutes/remove" },
  { method: "POST", url: "/api/v1/feedback", call: "feedback" },
  { method: "POST", url: "/api/v1/admin/cleanup", call: "admin/cleanup" },
  { method: "POST", url: "/api/v1/admin/indexes", call: "admin/indexes" },
  { method: "POST", url: "/api/v1/admin/backup", call: "admin/backup" },
  { method: "POST", url: "/api/v1/admin/restore", call: "admin/restore" },
  { method: "POST", url: "/api/v1/admin/replay", call: "admin/replay" },
  { method: "POST", url: "/api/v1/admin/record", call: "admin/record" },
  { method: "GET", url: "/api/v1/metrics", call: "metrics" },
  { method: "GET", url: "/api/v1/support", call: "support" },
  { method: "GET", url: "/api/v1/doctor", call: "doctor" },
  { method: "GET", url: "/api/v1/config", call: "config" },
];

/** What fastify is told of a problem answer. */
export const PROBLEM_ANSWERS = {
  "4xx": problemContent("What was wrong with the request."),
  "5xx": problemContent("What is wrong with the agent."),
};

/** Registers the table. `stopped` aborts what runs when the agent stops. */
export function registerCallRoutes(app: FastifyInstance, invoke: Invoke, stopped: AbortSignal): void {
  for (const route of CALL_ROUTES) {
    const call = CALLS[route.call];
    const parts = partsOf(route, call.params);
    app.route({
      method: route.method,
      url: route.url,
      config: { access: call.role },
      schema: { summary: call.summary, ...parts, response: { [route.status ?? 200]: call.result, ...PROBLEM_ANSWERS } },
      handler: async (request, reply) => {
        const signal = AbortSignal.any([stopped, goneSignal(reply)]);
        const params = paramsOf(request, parts.querystring);
        const answer = await invoke(route.call, params, { role: request.identity.role ?? "viewer", signal, progress: () => undefined });
        reply.code(route.status ?? 200);
        return answer;
      },
    });
  }
}

/** Aborted when the client hangs up before it was answered. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}

type Parts = { params?: TObject; querystring?: TObject; body?: TObject };

/** Splits a call's parameters over path, query and body, for the description and for reading them back. */
function partsOf(route: CallRoute, schema: TSchema): Parts {
  const properties: Record<string, TSchema> = Type.IsObject(schema) ? schema.properties : {};
  const inPath = new Set([...route.url.matchAll(/:(\w+)/g)].map(([, name]) => name ?? ""));
  const pick = (wanted: (name: string) => boolean) => Object.fromEntries(Object.entries(properties).filter(([name]) => wanted(name)));
  const path = pick((name) => inPath.has(name));
  const rest = pick((name) => !inPath.has(name));
  const params = inPath.size > 0 ? { params: Type.Object(path) } : {};
  if (route.method !== "POST") return Object.keys(rest).length > 0 ? { ...params, querystring: Type.Object(rest) } : params;
  return {
    ...params,
    body: Type.Object(rest),
    ...(properties.cluster ? { querystring: Type.Object({ cluster: Type.Optional(Cluster) }) } : {}),
  };
}

function paramsOf(request: FastifyRequest, query: TObject | undefined): unknown {
  const body: unknown = request.body ?? {};
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new ApiFault("badRequest", "the body must be a JSON object");
  return { ...readQuery(request.query, query), ...body, ...(request.params as Record<string, string>) };
}

/** Query values are words; those of numbers and booleans are read as such, and left alone when they are none: the check names them. */
function readQuery(query: unknown, schema: TObject | undefined): Record<string, unknown> {
  const read = (name: string, word: unknown): unknown => {
    const known: TSchema | undefined = schema?.properties[name];
    if (known === undefined || typeof word !== "string") return word;
    if (Type.IsInteger(known) || Type.IsNumber(known)) return /^-?\d+(?:\.\d+)?$/.test(word) ? Number(word) : word;
    if (Type.IsBoolean(known)) return word === "true" ? true : word === "false" ? false : word;
    return word;
  };
  return Object.fromEntries(Object.entries(query as Record<string, unknown>).map(([name, word]) => [name, read(name, word)]));
}

function problemContent(description: string) {
  return { description, content: { "application/problem+json": { schema: ProblemSchema } } };
}
