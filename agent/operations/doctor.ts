// The health check: what is well, what is not, and what to do about it. Only `gather` looks at the machine; the rest judges what it found.
import { statSync } from "node:fs";
import { versions } from "node:process";
import { type Config, isLoopback } from "../config/config.ts";
import { type HealthFinding, type StoreAdmin, StoreFault } from "../store/port.ts";

/** How one source does. `newestMs`: when it last told something; absent before the first time, or when it is not known. */
export type SourceHealth = {
  readonly name: string;
  readonly state: "running" | "ended" | "failing";
  readonly newestMs?: number | undefined;
  /** Why it is failing. */
  readonly reason?: string | undefined;
};

/** What the judgement rests on. */
export type DoctorInput = {
  readonly config: Config;
  /** What the store says of itself. */
  readonly store: readonly HealthFinding[];
  /** Empty: nothing is watched, records come over the API or from replays only. */
  readonly sources: readonly SourceHealth[];
  /** The newest episode's time; absent when there is none. */
  readonly newestMs?: number | undefined;
  readonly nowMs: number;
  /** `24.21.0`. */
  readonly node: string;
  readonly kgroot: string;
  readonly sqlite: string | undefined;
  /** Token files that other users of the machine may read. */
  readonly openTokenFiles: readonly string[];
};

/** What the composition root gives: the settings, the store, and what it alone knows. */
export type DoctorOptions = {
  readonly config: Config;
  readonly store: StoreAdmin & { stats(): Promise<{ readonly newestEpisodeMs?: number | undefined }> };
  readonly sources: readonly SourceHealth[];
  readonly kgroot: string;
  readonly nowMs: number;
};

// kgroot was not written before; a machine that says so has lost its clock.
const CLOCK_EARLIEST_MS = Date.UTC(2026, 0, 1);
// Machines that keep time by NTP are within a second; half a minute is no clock skew that anybody should live with.
const AHEAD_MS_MAX = 30_000;
// A cluster of any size says something every few minutes.
const SILENT_MS_MAX = 15 * 60_000;
const NEEDED_NODE = "22.22 or later of Node 22, or 24.6 or later";

/** Asks the store and the machine, then judges. Throws StoreFault when the store is closed. */
export async function doctor(options: DoctorOptions): Promise<readonly HealthFinding[]> {
  return examine({
    ...options,
    ...(await askStore(options.store)),
    node: versions.node,
    sqlite: versions.sqlite,
    openTokenFiles: options.config.http.tokens.flatMap(({ tokenFile }) => (tokenFile && isOpenToOthers(tokenFile) ? [tokenFile] : [])),
  });
}

/** A store that does not answer is a finding; the rest can be judged without it. */
async function askStore(store: DoctorOptions["store"]): Promise<Pick<DoctorInput, "store" | "newestMs">> {
  try {
    const { newestEpisodeMs } = await store.stats();
    return { store: await store.check(), newestMs: newestEpisodeMs };
  } catch (error) {
    if (error instanceof StoreFault && error.kind !== "closed") return { store: [storeFinding(error)] };
    throw error;
  }
}

/** The finding that a fault of the store is; its message says what to do. */
export function storeFinding({ message }: StoreFault) {
  return {
    component: "store",
    status: "error",
    text: message,
    action: "nothing is kept until the store answers",
  } as const satisfies HealthFinding;
}

/** Every finding, in the order of the things that others rest on. */
export function examine(input: DoctorInput): readonly HealthFinding[] {
  return [
    ...versionFindings(input),
    ...clockFindings(input),
    ...input.store,
    ...sourceFindings(input),
    ...lagFindings(input),
    ...configFindings(input),
  ];
}

function versionFindings({ node, kgroot, sqlite }: DoctorInput): HealthFinding[] {
  const text = `kgroot ${kgroot}, Node ${node}${sqlite === undefined ? "" : `, SQLite ${sqlite}`}`;
  if (isSupportedNode(node)) return [finding("versions", "ok", text)];
  return [finding("versions", "error", `${text}: this Node is not supported`, `install Node ${NEEDED_NODE}`)];
}

function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 6) || (major === 22 && minor >= 22);
}

function clockFindings({ nowMs, newestMs }: DoctorInput): HealthFinding[] {
  const action = "set this machine's clock, best by NTP (timedatectl set-ntp true)";
  if (nowMs < CLOCK_EARLIEST_MS) return [finding("clock", "error", `this machine's clock says ${timeText(nowMs)}`, action)];
  if (newestMs !== undefined && newestMs > nowMs + AHEAD_MS_MAX) {
    const text = `the newest record is dated ${spanText(newestMs - nowMs)} ahead of this machine's clock (${timeText(nowMs)})`;
    return [finding("clock", "warning", text, "compare the clocks of this machine and of the cluster's nodes; set the wrong one by NTP")];
  }
  return [finding("clock", "ok", `this machine's clock says ${timeText(nowMs)}`)];
}

function sourceFindings({ sources }: DoctorInput): HealthFinding[] {
  if (sources.length === 0) {
    return [finding("sources", "ok", "nothing is watched: records come from replays and from POST /api/v1/updates and /alerts")];
  }
  return sources.map(({ name, state, reason }) => {
    if (state !== "failing") return finding("sources", "ok", `${name} is ${state}`);
    return finding(
      "sources",
      "error",
      `${name} is failing: ${reason ?? "no reason given"}`,
      "see the agent's log; what it brings is missing",
    );
  });
}

/** How far what is known lags behind the clock; only a running source that has told something before makes silence suspicious. */
function lagFindings({ sources, newestMs, nowMs }: DoctorInput): HealthFinding[] {
  const silent = sources.flatMap(({ name, state, newestMs: toldMs }) => {
    if (state !== "running" || toldMs === undefined || nowMs - toldMs <= SILENT_MS_MAX) return [];
    return [
      finding(
        "lag",
        "warning",
        `${name} has told nothing for ${spanText(nowMs - toldMs)}`,
        "a quiet cluster is possible; otherwise check that the source can be reached and that its access has not ended",
      ),
    ];
  });
  if (silent.length > 0) return silent;
  if (newestMs === undefined) return [finding("lag", "ok", "nothing has happened yet: the store holds no event")];
  return [finding("lag", "ok", `the newest event is from ${timeText(newestMs)}, ${spanText(Math.max(0, nowMs - newestMs))} ago`)];
}

function configFindings({ config, openTokenFiles }: DoctorInput): HealthFinding[] {
  const { http, metrics, log } = config;
  const isOpen = !isLoopback(http.host);
  const found: HealthFinding[] = [];
  const warn = (text: string, action: string) => found.push(finding("configuration", "warning", text, action));
  if (isOpen && !http.tls) {
    warn(
      `the API listens on ${http.host} without TLS: tokens and what the cluster says can be read on the way`,
      "set http.tls.certFile and http.tls.keyFile, or put a proxy with TLS in front and listen on 127.0.0.1",
    );
  }
  if (isOpen && http.filesDir === undefined) {
    warn("backup, restore and replay may name any file on this machine", "set http.filesDir to a folder that holds nothing else");
  }
  if (metrics.enabled && !isLoopback(metrics.host)) {
    warn(
      `/metrics on ${metrics.host}:${metrics.port} asks for no token`,
      "let only Prometheus reach that port (a NetworkPolicy or a firewall), or set metrics.host to 127.0.0.1",
    );
  }
  for (const { role } of http.tokens.filter(({ token }) => token !== undefined)) {
    warn(`the token of role ${role} stands in the settings themselves`, "move it to a file of its own and name that with tokenFile");
  }
  for (const file of openTokenFiles) warn(`other users of this machine can read the token in ${file}`, `chmod 600 ${quoted(file)}`);
  if (config.store.kind === "neo4j" && isPlainAndFar(config.store.neo4j)) {
    warn(
      `${config.store.neo4j.uri} is asked without TLS: password and graph can be read on the way`,
      "use neo4j+s:// or bolt+s://, or set store.neo4j.caFile",
    );
  }
  if (log.level === "debug") warn("the log is at level debug: it is large and slow", "set log.level to info");
  if (found.length === 0) found.push(finding("configuration", "ok", `the API listens on ${isOpen ? http.host : "this machine only"}`));
  return found;
}

function isPlainAndFar({ uri, caFile }: Config["store"]["neo4j"]): boolean {
  const host = /^\w+:\/\/(\[[^\]]+\]|[^:/]+)/.exec(uri)?.[1];
  return caFile === undefined && host !== undefined && !isLoopback(host);
}

function finding(component: string, status: HealthFinding["status"], text: string, action?: string): HealthFinding {
  return { component, status, text, ...(action === undefined ? {} : { action }) };
}

/** Files in a container's Secret volume belong to root and are often readable by all inside it; that is the mount's own bound. */
function isOpenToOthers(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && process.platform !== "win32" && !file.startsWith("/run/secrets/") && (stat.mode & 0o004) !== 0;
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

function quoted(file: string): string {
  return `'${file.replaceAll("'", "'\\''")}'`;
}
