// The agent's configuration: the settings in force, frozen, and what they mean in the program's own terms.
import { readFileSync } from "node:fs";
import type { ReasoningSettings } from "../domain/settings.ts";
import { MASK, redactJson } from "../platform/redaction.ts";
import type { ROLES, Settings } from "./settings.ts";

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** The settings in force, in the user's units, frozen all the way down. */
export type Config = Frozen<Settings>;

/** A token and what its holder may do. */
export type RoleToken = { readonly role: (typeof ROLES)[number]; readonly token: string };

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** The reasoning settings in the domain's terms: milliseconds and scores. */
export function reasoningSettings({ reasoning }: Config): ReasoningSettings {
  const {
    windowMinutes,
    skewSeconds,
    foldMinutes,
    incidentWindowMinutes,
    quietMinutes,
    silenceMinutes,
    settleSeconds,
    escalation,
    anomalies,
    ...same
  } = reasoning;
  const { windowMinutes: anomalyMinutes, ...limits } = anomalies;
  return {
    ...same,
    windowMs: windowMinutes * MINUTE_MS,
    skewMs: skewSeconds * SECOND_MS,
    foldMs: foldMinutes * MINUTE_MS,
    incidentWindowMs: incidentWindowMinutes * MINUTE_MS,
    quietMs: quietMinutes * MINUTE_MS,
    silenceMs: silenceMinutes * MINUTE_MS,
    settleMs: settleSeconds * SECOND_MS,
    escalation: { everyRepeats: escalation.everyRepeats, windowMs: escalation.windowMinutes * MINUTE_MS },
    anomalies: { ...limits, windowMs: anomalyMinutes * MINUTE_MS },
  };
}

/** The settings as they may be shown: tokens and whatever else is secret are masked. */
export function maskedConfig(config: Config): unknown {
  const tokens = config.http.tokens.map((entry) => (entry.token === undefined ? entry : { ...entry, token: MASK }));
  const { http, ...rest } = config;
  // The name `tokens` would mask the names of their files too; these say where a secret lies and are none.
  const { tokens: _, ...httpRest } = http;
  const masked = redactJson("", { http: httpRest, ...rest }) as { http: object };
  return { ...masked, http: { ...masked.http, tokens } };
}

/** The tokens with their files read; throws an Error that names the file when it cannot be read or is empty. */
export function readTokens({ http }: Config): RoleToken[] {
  return http.tokens.map(({ role, token, tokenFile }) => ({ role, token: token ?? readSecret(`token of ${role}`, tokenFile ?? "") }));
}

/** Key and certificate as PEM texts, undefined without TLS; throws like `readTokens`. */
export function readTls({ http }: Config): { readonly key: string; readonly cert: string } | undefined {
  if (!http.tls) return undefined;
  return { key: readSecret("private key", http.tls.keyFile), cert: readSecret("certificate", http.tls.certFile) };
}

/** Where the graph is kept, for a person. */
export function storePlace({ store }: Config): string {
  return store.kind === "neo4j" ? store.neo4j.uri : store.path;
}

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function readSecret(what: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new Error(`cannot read the ${what} from ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (text === "") throw new Error(`the ${what} cannot be empty: ${file}`);
  return text;
}
