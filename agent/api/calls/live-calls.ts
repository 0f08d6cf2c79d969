// What is asked of the clusters themselves, the recording of them, and what tells of the agent: its metrics and the support bundle.
import { ApiFault } from "../fault.ts";
import * as schemas from "../schemas/live.ts";
import { Nothing } from "../schemas/rpc.ts";
import type { AgentServices, RecordingState } from "../services.ts";
import { given } from "../to-wire/given.ts";
import { wireTimeIf } from "../to-wire/time.ts";
import type { CallTable } from "./call.ts";
import { clientFile } from "./files.ts";

const LINES_DEFAULT = 1_000;

/** The calls. */
export const LIVE_CALLS: Pick<CallTable, "live/object" | "live/log" | "admin/record" | "metrics" | "support"> = {
  "live/object": {
    role: "viewer",
    params: schemas.LiveObjectParams,
    result: schemas.LiveObjectResult,
    summary: "An object as the API server has it now, as YAML; secrets masked.",
    run: async ({ cluster: asked, ...wanted }, { services, signal }) => {
      const cluster = watchedCluster(services, asked);
      return { cluster, yaml: await services.look.object(cluster, wanted, signal) };
    },
  },
  "live/log": {
    role: "operator",
    params: schemas.LiveLogParams,
    result: schemas.LiveLogResult,
    summary: "The last lines of a container's log, from the API server; secrets masked.",
    run: async ({ cluster: asked, lines = LINES_DEFAULT, previous = false, ...wanted }, { services, signal }) => {
      const cluster = watchedCluster(services, asked);
      return { cluster, ...(await services.look.log(cluster, { ...wanted, lines, previous }, signal)) };
    },
  },
  "admin/record": {
    role: "admin",
    params: schemas.RecordParams,
    result: schemas.RecordResult,
    summary: "Begins or ends a recording of what the watched clusters hold and do, or tells of it.",
    run: async ({ action, file }, { services: { recording }, filesDir }) => {
      if (action === "status") return wireRecording(recording.status());
      if (action === "stop") return wireRecording(await recording.stop());
      if (file === undefined) throw new ApiFault("badRequest", "file is missing: where the recording is to be written", { field: "file" });
      if (!recording.watches) throw new ApiFault("conflict", "this agent watches no cluster, so there is nothing to record");
      const running = recording.status();
      if (running.state === "recording") throw new ApiFault("conflict", `${running.file} is being recorded; stop that first`);
      const target = clientFile(file, filesDir);
      return wireRecording(await recording.start(target).catch(cannotRecord));
    },
  },
  metrics: {
    role: "viewer",
    params: Nothing,
    result: schemas.MetricsResult,
    summary: "The metrics, as the page for Prometheus has them.",
    run: async (_params, { services }) => ({ text: await services.metricsText() }),
  },
  support: {
    role: "operator",
    params: Nothing,
    result: schemas.SupportResult,
    summary: "Versions, counts, findings, settings and metrics for whoever helps; without names, addresses and secrets.",
    run: async (_params, { services }) => ({ bundle: await services.support() }),
  },
};

function watchedCluster({ look }: AgentServices, asked: string | undefined): string {
  const clusters = look.clusters();
  const [first] = clusters;
  if (first === undefined) throw new ApiFault("conflict", "this agent watches no cluster: it cannot be asked what it holds now");
  if (asked === undefined && clusters.length > 1)
    throw new ApiFault("conflict", `several clusters are watched: ${clusters.join(", ")}; say which one with cluster`, { clusters });
  const cluster = asked ?? first;
  if (!clusters.includes(cluster)) throw new ApiFault("notFound", `the agent does not watch ${cluster}; it watches ${clusters.join(", ")}`);
  return cluster;
}

function cannotRecord(error: unknown): never {
  throw new ApiFault("conflict", `cannot record: ${error instanceof Error ? error.message : error}`);
}

function wireRecording({ state, file, sinceMs, records, bytes, fault }: RecordingState) {
  return { state, records, bytes, ...given({ file, since: wireTimeIf(sinceMs), fault }) };
}
