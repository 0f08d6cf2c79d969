// Watches clusters into a file instead of the pipeline: no store, no server.
import type { Config } from "../config/config.ts";
import type { Logger } from "../platform/logger.ts";
import { createMetrics } from "../platform/metrics.ts";
import { recordingSink } from "../sources/kubernetes/recording-sink.ts";
import type { SourceStatus } from "../sources/port.ts";
import { watchClusters } from "./watch-clusters.ts";

/** A recording in progress. `stop` ends the file and tells what it holds. */
export type ClusterRecording = {
  written(): { readonly records: number; readonly bytes: number };
  status(): readonly SourceStatus[];
  /** Why nothing more can be written (a full disk), or undefined. */
  fault(): Error | undefined;
  stop(): Promise<{ readonly records: number; readonly bytes: number }>;
};

/** Begins to record the clusters that the settings name. Rejects with an Error that says what is wrong with the settings or the file. */
export async function recordClusters(config: Config, file: string, logger: Logger): Promise<ClusterRecording> {
  const watch = watchClusters({ ...config, kubernetes: { ...config.kubernetes, enabled: true } }, { metrics: createMetrics(), logger });
  await watch.prepare();
  const sink = await recordingSink(file);
  watch.start(sink);
  return {
    written: () => sink.written(),
    status: () => watch.status(),
    fault: () => sink.fault(),
    async stop() {
      await watch.stop();
      await sink.close();
      return sink.written();
    },
  };
}
