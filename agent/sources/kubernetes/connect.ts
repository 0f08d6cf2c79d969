// Connects to an API server by kubeconfig or as a pod: addresses, certificates and credentials are @kubernetes/client-node's, the requests are our own.
import { existsSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { VERSION } from "../../platform/version.ts";
import type { KubeAnswer, KubeApi } from "./kube-api.ts";
import { SilenceError } from "./kube-api.ts";

/** Which API server, and as whom. Without any: as the pod that this runs in, else the current context of the user's kubeconfig. */
export type ConnectOptions = {
  readonly context?: string | undefined;
  /** Absent: `KUBECONFIG`, then `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
};

const POD_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** A consistent list of a large cluster takes a busy server some seconds; longer and it will not come. */
const ANSWER_MS_MAX = 60_000;

/** Middle boxes forget connections that are silent for minutes. */
const KEEP_ALIVE_MS = 15_000;

/** Reads the settings of the connection; no request is made yet. Throws an Error that says what is missing. */
export async function connectKube(options: ConnectOptions): Promise<KubeApi> {
  let config = await loadConfig(options);
  const server = config.getCurrentCluster()?.server ?? "";
  let stale = false;
  const current = async (): Promise<KubeConfig> => {
    // A refused token may have been replaced in its file: what was read is forgotten.
    if (stale) config = await loadConfig(options);
    stale = false;
    return config;
  };
  const api: KubeApi = {
    server,
    async get(path, query, signal) {
      const given: RequestOptions = { method: "GET", headers: headersFor(query) };
      await (await current()).applyToHTTPSOptions(given);
      signal.throwIfAborted();
      return await send(addressOf(server, path, query), given, signal);
    },
    renew() {
      stale = true;
    },
  };
  return api;
}

function isPod({ context, kubeconfig }: ConnectOptions): boolean {
  return context === undefined && kubeconfig === undefined && existsSync(POD_TOKEN);
}

async function loadConfig(options: ConnectOptions): Promise<KubeConfig> {
  // Loaded on first use: agents without Kubernetes do not pay for it.
  const { KubeConfig: Config } = await import("@kubernetes/client-node/dist/config.js");
  const config = new Config();
  const { context, kubeconfig } = options;
  if (isPod(options)) {
    config.loadFromCluster();
    return config;
  }
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    const place = kubeconfig ?? "the kubeconfig";
    throw new Error(`cannot read ${place}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  // What the library falls back on when it finds nothing.
  const isNothing = config.getCurrentContext() === "loaded-context";
  if (context !== undefined && !isNothing) selectContext(config, context);
  if (!config.getCurrentCluster() || isNothing)
    throw new Error(
      "no Kubernetes cluster is known: there is no kubeconfig with a current context (KUBECONFIG, ~/.kube/config), and this is no pod",
    );
  return config;
}

function selectContext(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) throw new Error(`the kubeconfig has no context ${context}; it has ${names.join(", ") || "none"}`);
  config.setCurrentContext(context);
}

/** Lists are compressed on the way, watches are not: an event must not wait in a compressor. */
function headersFor(query: Readonly<Record<string, string>>): Record<string, string> {
  const common = { accept: "application/json", "user-agent": `kgroot/${VERSION}` };
  return query["watch"] === undefined ? { ...common, "accept-encoding": "gzip" } : common;
}

function addressOf(server: string, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(`${server.replace(/\/$/, "")}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

function send(url: URL, options: RequestOptions, signal: AbortSignal): Promise<KubeAnswer> {
  const start = url.protocol === "http:" ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = start(url, { ...options, signal }, (response) => {
      clearTimeout(timer);
      response.socket.setKeepAlive(true, KEEP_ALIVE_MS);
      resolve({
        status: response.statusCode ?? 0,
        retryAfterMs: retryAfterOf(response),
        chunks: response.headers["content-encoding"] === "gzip" ? pipeline(response, createGunzip(), () => undefined) : response,
      });
    });
    const timer = setTimeout(() => request.destroy(new SilenceError(`no answer within ${ANSWER_MS_MAX / 1000} s`)), ANSWER_MS_MAX);
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end();
  });
}

function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers["retry-after"]);
  return headers["retry-after"] !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
