// `kgroot agent`: runs the agent until it is told to stop.
import { Command } from "commander";
import { type App, startApp } from "../../app.ts";
import { type Config, storePlace } from "../../config/config.ts";
import { createLogger } from "../../platform/logger.ts";
import { VERSION } from "../../platform/version.ts";
import { clusterSettings, withClusters } from "../cluster-options.ts";
import { CommandFailure } from "../exit-codes.ts";
import { configFrom, type OptionValues, withExamples, withOutput, withSettings } from "../options.ts";
import { pageFolder } from "../package-files.ts";
import { printLines } from "../print.ts";
import { cleanText, safeJson } from "../show/clean-text.ts";
import { untilAborted } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

/** The command. */
export function agentCommand(terminal: Terminal): Command {
  const command = new Command("agent").description("run the agent: API, WebSocket, page and metrics, until Ctrl-C or SIGTERM");
  withSettings(withClusters(withOutput(command)));
  withExamples(command, [
    ["kgroot agent", "on this machine only, store in the user's data folder; nothing is watched"],
    ["kgroot agent --context prod", "watches the cluster of this context of the kubeconfig"],
    ["kgroot agent --http-port 0 --metrics-port 0", "on free ports; the address is printed"],
    ["kgroot agent --config /etc/kgroot.yaml", "settings from a file (docs/settings.md)"],
  ]);
  return command.action((options: OptionValues) => runAgent(options, terminal));
}

async function runAgent(options: OptionValues, terminal: Terminal): Promise<void> {
  const config = configFrom(clusterSettings(options), terminal);
  const app = await startListening(config, terminal, createLogger({ ...config.log, write: terminal.err }));
  try {
    const { url, metricsUrl } = app;
    const path = storePlace(config);
    // Whoever starts an agent reads one line and knows that it is ready.
    if (options["output"] === "json") terminal.out(`${safeJson({ version: VERSION, url, metrics_url: metricsUrl, store: path }, 0)}\n`);
    else printLines(terminal, readyLines(app, path, terminal));
    await untilAborted(terminal.signal);
  } finally {
    await app.stop();
  }
}

function readyLines({ url = "", metricsUrl, services }: App, store: string, { paint }: Terminal): string[] {
  const watched = (services.sources?.() ?? []).map(
    ({ cluster, server }) => `watches cluster ${cleanText(cluster)} at ${cleanText(server)}`,
  );
  const metrics = metricsUrl ? `, metrics at ${metricsUrl}` : "";
  return [`kgroot ${VERSION} listens at ${paint.command(url)}${metrics}`, ...watched, paint.faint(`store ${store}; Ctrl-C stops it`)];
}

/** Starts the app with its network side; a port that is taken is told with what to do. */
export async function startListening(config: Config, terminal: Terminal, logger: Parameters<typeof startApp>[1]["logger"]): Promise<App> {
  const pageDir = pageFolder();
  if (pageDir === undefined) terminal.err("note: the page was not built (npm run build); the agent serves the API only\n");
  try {
    return await startApp(config, { logger, listen: true, ...(pageDir === undefined ? {} : { pageDir }) });
  } catch (error) {
    throw portFailure(error, config) ?? error;
  }
}

function portFailure(error: unknown, { http, metrics }: Config): CommandFailure | undefined {
  if (!(error instanceof Error && "code" in error)) return undefined;
  const port = "port" in error ? error.port : undefined;
  const isMetrics = port === metrics.port && port !== http.port;
  const [host, which, flag] = isMetrics ? [metrics.host, metrics.port, "--metrics-port"] : [http.host, http.port, "--http-port"];
  const place = `port ${which} on ${host}`;
  const hint = `choose another with ${flag} (0 takes a free one)`;
  if (error.code === "EADDRINUSE") {
    return new CommandFailure(`${place} is taken by another program, perhaps by another agent`, {
      cause: error,
      hint: `stop that one, or ${hint}`,
    });
  }
  if (error.code === "EACCES") return new CommandFailure(`this user may not listen on ${place}`, { cause: error, hint });
  if (error.code === "EADDRNOTAVAIL") {
    return new CommandFailure(`this machine has no address ${host} to listen on`, {
      cause: error,
      hint: "listen on 127.0.0.1, or on 0.0.0.0 with a token",
    });
  }
  return undefined;
}
