// Every setting of the agent: what it means, what it may be, and its default. docs/settings.md is made from this.
import { type Static, Type } from "typebox";
import { DEFAULT_REASONING } from "../domain/settings.ts";

const closed = { additionalProperties: false };
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const { escalation, anomalies } = DEFAULT_REASONING;

/** Shortest token that is let pass: 16 characters of base64 are 96 bits. */
const TOKEN_LENGTH_MIN = 16;

/** The roles that a token may carry, each including those before it. */
export const ROLES = ["viewer", "operator", "admin"] as const;

const TokenSchema = Type.Object(
  {
    role: Type.Enum([...ROLES], { description: "What its holder may do." }),
    token: Type.Optional(Type.String({ minLength: TOKEN_LENGTH_MIN, description: "The token itself." })),
    tokenFile: Type.Optional(Type.String({ minLength: 1, description: "A file that holds the token." })),
  },
  closed,
);

const port = (fallback: number, description: string) => Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description });
const count = (fallback: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: fallback, description });
const amount = (fallback: number, maximum: number, description: string) =>
  Type.Number({ minimum: 0, maximum, default: fallback, description });

const minutes = (fallbackMs: number, description: string) =>
  Type.Number({ minimum: 0.1, maximum: 1_440, default: fallbackMs / MINUTE_MS, description });

const Neo4jSchema = Type.Object(
  {
    uri: Type.String({
      minLength: 1,
      default: "neo4j://localhost:7687",
      description: "`neo4j://` or `bolt://`; with `+s` TLS by a known authority, with `+ssc` TLS unchecked.",
    }),
    user: Type.String({ minLength: 1, default: "neo4j", description: "Who logs in." }),
    password: Type.Optional(Type.String({ minLength: 1, description: "The password itself." })),
    passwordFile: Type.Optional(
      Type.String({ minLength: 1, description: "A file that holds the password; read anew when the server refuses it." }),
    ),
    database: Type.Optional(Type.String({ minLength: 1, description: "Default: the user's home database." })),
    caFile: Type.Optional(
      Type.String({ minLength: 1, description: "Authority of the server's certificate, PEM: TLS with `neo4j://` and `bolt://`." }),
    ),
  },
  closed,
);

const StoreSchema = Type.Object(
  {
    kind: Type.Enum(["sqlite", "neo4j"], {
      default: "sqlite",
      description: "Which store keeps the graph: a file, or a Neo4j server (docs/neo4j.md).",
    }),
    path: Type.String({ minLength: 1, description: "The file of `sqlite`. Default: `kgroot/kgroot.db` in the user's data folder." }),
    neo4j: Neo4jSchema,
  },
  closed,
);

const TlsSchema = Type.Object(
  {
    certFile: Type.String({ minLength: 1, description: "Certificate chain, PEM. With `http.tls.keyFile`: HTTPS and WSS." }),
    keyFile: Type.String({ minLength: 1, description: "Private key of the certificate, PEM." }),
  },
  closed,
);

const HttpSchema = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      default: "127.0.0.1",
      description: "Address to listen on; any but a loopback one needs `http.tokens`.",
    }),
    port: port(8080, "Port of the API, the WebSocket and the page; 0 takes a free one."),
    tokens: Type.Array(TokenSchema, {
      default: [],
      description: "Who may ask: `role` (viewer, operator, admin) with `token` or `tokenFile`.",
    }),
    tls: Type.Optional(TlsSchema),
    allowedOrigins: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: "Origins beside the agent's own that a browser may come from.",
    }),
    bodyBytesMax: count(16_777_216, 1_073_741_824, "Largest request body, in bytes."),
    requestsPerMinuteMax: count(600, 1_000_000, "Requests a minute from one token, or else one address."),
    filesDir: Type.Optional(
      Type.String({
        minLength: 1,
        description: "Folder that files named by clients (backup, restore, replay) must lie in. Default: anywhere.",
      }),
    ),
  },
  closed,
);

const MetricsSchema = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: "Whether `/metrics` is served." }),
    host: Type.String({ minLength: 1, default: "127.0.0.1", description: "Address that `/metrics` listens on." }),
    port: port(9090, "Port of `/metrics`; 0 takes a free one."),
  },
  closed,
);

const names = (description: string) => Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { default: [], description });

const KubernetesSchema = Type.Object(
  {
    enabled: Type.Boolean({
      default: false,
      description:
        "Whether clusters are watched. Without `contexts`: the one that the agent runs in as a pod, else the kubeconfig's current one.",
    }),
    contexts: names("Contexts of the kubeconfig, each a cluster of its own; its name is the cluster's name."),
    kubeconfig: Type.Optional(Type.String({ minLength: 1, description: "Default: `KUBECONFIG`, then `~/.kube/config`." })),
    namespaces: names("Only these namespaces, each watched by itself; enough with rights in namespaces only. Empty: all."),
    exceptKinds: names("Kinds that are not watched, such as `Secret`."),
    silenceSeconds: Type.Number({
      minimum: 1,
      maximum: 3_600,
      default: 150,
      description: "A watch that is silent for this long is made anew: the connection may be half open.",
    }),
    forbiddenRetrySeconds: Type.Number({
      minimum: 0.1,
      maximum: 3_600,
      default: 60,
      description: "A kind that the account may not read is asked for again after this long.",
    }),
  },
  closed,
);

const ReasoningSchema = Type.Object(
  {
    windowMinutes: minutes(DEFAULT_REASONING.windowMs, "How long before its effect a cause may lie."),
    skewSeconds: amount(
      DEFAULT_REASONING.skewMs / SECOND_MS,
      300,
      "A cause stamped up to this long after its effect still counts: clocks differ.",
    ),
    hopsMax: Type.Integer({
      minimum: 0,
      maximum: 5,
      default: DEFAULT_REASONING.hopsMax,
      description: "Longest walk from an effect to its cause.",
    }),
    scoreMin: amount(DEFAULT_REASONING.scoreMin, 1, "Causal links that score lower are not kept."),
    linksPerEffectMax: count(DEFAULT_REASONING.linksPerEffectMax, 50, "Best causes kept for each effect."),
    foldMinutes: minutes(DEFAULT_REASONING.foldMs, "Repeats no further apart than this are one episode."),
    incidentWindowMinutes: minutes(DEFAULT_REASONING.incidentWindowMs, "Related failures this close in time are one incident."),
    quietMinutes: minutes(DEFAULT_REASONING.quietMs, "An incident that has cleared is resolved after this long without news."),
    silenceMinutes: minutes(
      DEFAULT_REASONING.silenceMs,
      "An incident known from events and logs only is resolved after this long without news.",
    ),
    settleSeconds: amount(DEFAULT_REASONING.settleMs / SECOND_MS, 3_600, "A finding that rests on several objects must hold this long."),
    rootCauseConfidenceMin: amount(DEFAULT_REASONING.rootCauseConfidenceMin, 1, 'Below this probability the answer is "not sure".'),
    escalation: Type.Object(
      {
        everyRepeats: count(escalation.everyRepeats, 1_000, "Severity rises one step for every so many repeats."),
        windowMinutes: minutes(escalation.windowMs, "Repeats count within this sliding time."),
      },
      closed,
    ),
    anomalies: Type.Object(
      {
        windowMinutes: minutes(anomalies.windowMs, "Anomalies are looked for in this sliding time."),
        errorsPerMinuteMax: count(anomalies.errorsPerMinuteMax, 1_000_000, "More errors a minute in one namespace are an `error_spike`."),
        sameReasonMax: count(anomalies.sameReasonMax, 1_000_000, "The same reason more often is a `cascading_failure`."),
        oomKillsMax: count(anomalies.oomKillsMax, 1_000_000, "More OOM kills of one workload are a `memory_leak`."),
        churnMax: count(anomalies.churnMax, 1_000_000, "More creations and deletions of one kind are `resource_churn`."),
      },
      closed,
    ),
  },
  closed,
);

/** The settings as a file spells them. */
export const SettingsSchema = Type.Object(
  {
    cluster: Type.String({ minLength: 1, maxLength: 253, default: "default", description: "Cluster of records that name none." }),
    store: StoreSchema,
    http: HttpSchema,
    metrics: MetricsSchema,
    kubernetes: KubernetesSchema,
    reasoning: ReasoningSchema,
    logs: Type.Object(
      {
        keepPatterns: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
          default: [],
          description: "Log lines that match one of these regular expressions are kept too.",
        }),
      },
      closed,
    ),
    retention: Type.Object(
      {
        days: Type.Number({ minimum: 0.04, maximum: 3_650, default: 7, description: "Episodes older than this are removed." }),
        batchSize: count(1_000, 100_000, "Episodes removed in one transaction."),
        everyHours: Type.Number({ minimum: 0.01, maximum: 168, default: 1, description: "How often the agent cleans up." }),
      },
      closed,
    ),
    pipeline: Type.Object(
      {
        batchRecordsMax: count(1_000, 100_000, "Records committed in one transaction at most."),
      },
      closed,
    ),
    log: Type.Object(
      {
        level: Type.Enum(["debug", "info", "warn", "error", "silent"], { default: "info", description: "From this level up is logged." }),
        format: Type.Enum(["pretty", "json"], { default: "pretty", description: "Lines for a person, or JSON for a collector." }),
      },
      closed,
    ),
  },
  closed,
);

/** The settings in force, in the user's own units. */
export type Settings = Static<typeof SettingsSchema>;

/** The part of JSON Schema that the settings use. */
export type SettingSchema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: SettingSchema;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
};
