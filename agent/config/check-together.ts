// Rules that settings must obey together, beyond what each may be by itself; each refusal says what to do.
import { isLoopback } from "./config.ts";
import type { Given } from "./leaf-complaints.ts";
import type { Settings } from "./settings.ts";

/** Everything that does not fit together; `settings` has passed the checks of its single values. */
export function checkTogether(unchecked: Record<string, unknown>, givens: ReadonlyMap<string, Given>): string[] {
  const settings = unchecked as Settings;
  return [
    ...checkStore(settings),
    ...checkTls(settings),
    ...checkTokens(settings),
    ...checkReach(settings, givens),
    ...checkPorts(settings),
    ...checkPatterns(settings),
  ];
}

function checkStore({ store }: Settings): string[] {
  if (store.kind === "neo4j") return checkNeo4j(store.neo4j);
  return store.path === undefined ? ["store.path must be given: this user has no home folder to keep the store in"] : [];
}

function checkNeo4j({ uri, password, passwordFile, caFile }: Settings["store"]["neo4j"]): string[] {
  const scheme = /^(?:bolt|neo4j)(\+ssc|\+s)?:\/\/[^/]/.exec(uri);
  const wrong: string[] = [];
  if (!scheme) wrong.push(`store.neo4j.uri is ${JSON.stringify(uri)}: it must look like neo4j://host:7687 or bolt://host:7687`);
  if (scheme?.[1] && caFile !== undefined)
    wrong.push(`store.neo4j.caFile goes with neo4j:// and bolt:// only: ${scheme[1]} in store.neo4j.uri says already whom to trust`);
  if (password !== undefined && passwordFile !== undefined) wrong.push("store.neo4j must have either password or passwordFile, not both");
  return wrong;
}

function checkTls({ http: { tls } }: Settings): string[] {
  if (!tls) return [];
  const missing = tls.certFile === undefined ? "certFile" : tls.keyFile === undefined ? "keyFile" : undefined;
  return missing ? [`http.tls.${missing} is missing: TLS needs both http.tls.certFile and http.tls.keyFile`] : [];
}

function checkTokens({ http }: Settings): string[] {
  return http.tokens.flatMap((entry, index) => {
    if (entry.role === undefined) return [`http.tokens[${index}].role is missing: say viewer, operator or admin`];
    if ((entry.token === undefined) === (entry.tokenFile === undefined))
      return [`http.tokens[${index}] must have either token or tokenFile`];
    return [];
  });
}

/** Whoever can reach the API can read the cluster's state: beyond this machine only with a token. */
function checkReach({ http }: Settings, givens: ReadonlyMap<string, Given>): string[] {
  if (isLoopback(http.host) || http.tokens.length > 0) return [];
  const from = givens.get("http.host")?.from ?? "default";
  return [
    `http.host (${from}) is ${JSON.stringify(http.host)}, which other machines can reach, but http.tokens is empty: ` +
      "give a token, such as http.tokens: [{role: admin, tokenFile: /path/to/token}], or listen on 127.0.0.1",
  ];
}

function checkPorts({ http, metrics }: Settings): string[] {
  const same = metrics.enabled && http.port === metrics.port && http.port !== 0;
  return same ? [`metrics.port must differ from http.port: both are ${http.port}`] : [];
}

function checkPatterns({ logs }: Settings): string[] {
  return logs.keepPatterns.flatMap((pattern, index) => {
    try {
      new RegExp(pattern);
      return [];
    } catch (error) {
      return [`logs.keepPatterns[${index}] is not a regular expression: ${error instanceof Error ? error.message : error}`];
    }
  });
}
