// A process that replays a recording into a store file and says how far it got, to be killed at some point: `node replay-child.ts RECORDING STORE BATCH`.
import { openSqliteStore } from "../../agent/store/sqlite/open.ts";
import { inBatchesOf, recordingOf, startPipeline } from "./run-pipeline.ts";

const [recording = "", path = "", size = "10"] = process.argv.slice(2);
const store = openSqliteStore({ path });
const { pipeline } = await startPipeline({ store });
let batches = 0;
for (const batch of inBatchesOf(Number(size), recordingOf(recording))) {
  await pipeline.accept(batch);
  batches += 1;
  process.stdout.write(`${batches}\n`);
}
await pipeline.finish();
await pipeline.stop();
await store.close();
process.stdout.write("done\n");
