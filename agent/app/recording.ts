// The agent's one recording of its clusters, begun and ended by calls; it goes on while clients come and go, and ends with the agent.
import type { RecordingControl, RecordingState } from "../api/services.ts";
import type { Config } from "../config/config.ts";
import { systemClock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { type ClusterRecording, recordClusters } from "./record-clusters.ts";

type Running = { readonly recording: ClusterRecording; readonly file: string; readonly sinceMs: number };

/** None runs yet. `stop` may be called when none runs. */
export function recordingControl(config: Config, logger: Logger): RecordingControl {
  let running: Running | undefined;
  let last: RecordingState = { state: "none", records: 0, bytes: 0 };
  const status = (): RecordingState => {
    if (!running) return last;
    const { recording, file, sinceMs } = running;
    const fault = recording.fault();
    return { state: "recording", file, sinceMs, ...recording.written(), ...(fault ? { fault: fault.message } : {}) };
  };
  return {
    watches: config.kubernetes.enabled,
    status,
    async start(file) {
      if (running) return status();
      running = { recording: await recordClusters(config, file, logger), file, sinceMs: systemClock.nowMs() };
      return status();
    },
    async stop() {
      const ending = running;
      if (!ending) return last;
      running = undefined;
      const { records, bytes } = await ending.recording.stop();
      const fault = ending.recording.fault();
      last = { state: "none", file: ending.file, records, bytes, ...(fault ? { fault: fault.message } : {}) };
      return last;
    },
  };
}
