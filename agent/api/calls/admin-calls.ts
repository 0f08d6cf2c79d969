// Housekeeping of the store, replay, and the agent's own health. The long ones report progress and can be cancelled.
import { ApiFault } from "../fault.ts";
import * as schemas from "../schemas/rpc.ts";
import { given } from "../to-wire/given.ts";
import { wireTime } from "../to-wire/time.ts";
import type { CallTable } from "./call.ts";
import { clientFile } from "./files.ts";

const RETENTION_DAYS = 7;
const CLEANUP_BATCH = 1_000;

/** The calls about the store as a whole. */
export const ADMIN_CALLS: Pick<CallTable, "admin/cleanup" | "admin/indexes" | "admin/backup" | "admin/restore" | "admin/replay"> = {
  "admin/cleanup": {
    role: "admin",
    exclusive: true,
    params: schemas.CleanupParams,
    result: schemas.CleanupResult,
    summary: "Removes episodes older than the retention and what only they kept; a dry run counts.",
    run: async ({ days = RETENTION_DAYS, batch = CLEANUP_BATCH, dry_run: dryRun = false }, { services, signal, progress }) => {
      const { olderThanMs, episodes, incidents, resources, relations, states } = await services.cleanup({
        days,
        batchSize: batch,
        dryRun,
        signal,
        progress,
      });
      return { dry_run: dryRun, older_than: wireTime(olderThanMs), episodes, incidents, resources, relations, states };
    },
  },
  "admin/indexes": {
    role: "admin",
    exclusive: true,
    params: schemas.IndexesParams,
    result: schemas.IndexesResult,
    summary: "Lists, creates, drops or rebuilds the store's secondary indexes.",
    run: async ({ action, names }, { services: { store } }) => {
      if (names !== undefined && action !== "drop" && action !== "rebuild")
        throw new ApiFault("badRequest", "names only go with the actions drop and rebuild", { field: "names" });
      const dropped = action === "drop" || action === "rebuild" ? await store.dropIndexes(names) : [];
      const made = action === "ensure" || action === "rebuild" ? await store.ensureIndexes() : [];
      const changed = action === "rebuild" ? made : [...dropped, ...made];
      const indexes = await store.indexes();
      return { indexes: indexes.map((index) => ({ ...index, columns: [...index.columns] })), changed: [...changed] };
    },
  },
  "admin/backup": {
    role: "admin",
    exclusive: true,
    params: schemas.BackupParams,
    result: schemas.BackupResult,
    summary: "Writes a consistent copy of the store to a file on the agent's machine.",
    run: async (params, { services, signal, progress, filesDir }) => {
      const file = clientFile(params.file, filesDir);
      const { rows, asOfMs } = await services.store.backup(file, { signal, progress });
      return { file, rows, as_of: wireTime(asOfMs) };
    },
  },
  "admin/restore": {
    role: "admin",
    exclusive: true,
    params: schemas.RestoreParams,
    result: schemas.RestoreResult,
    summary: "Reads a backup into the store, which must be empty or is replaced.",
    run: async ({ file, replace = false }, { services, signal, progress, filesDir }) => {
      const { rows } = await services.store.restore(clientFile(file, filesDir), { replace, signal, progress });
      await services.reload();
      return { rows };
    },
  },
  "admin/replay": {
    role: "operator",
    exclusive: true,
    params: schemas.ReplayParams,
    result: schemas.ReplayResult,
    summary: "Plays a recording on the agent's machine through the pipeline.",
    run: async ({ file, speed = 0 }, { services, signal, progress, filesDir }) =>
      services.replay({ file: clientFile(file, filesDir), speed, signal, progress }),
  },
};

/** The calls about the agent itself. */
export const HEALTH_CALLS: Pick<CallTable, "doctor" | "config"> = {
  doctor: {
    role: "viewer",
    params: schemas.Nothing,
    result: schemas.DoctorResult,
    summary: "The health check: each finding with what to do.",
    run: async (_params, { services }) => {
      const findings = await services.doctor();
      return { findings: findings.map(({ component, status, text, action }) => ({ component, status, text, ...given({ action }) })) };
    },
  },
  config: {
    role: "viewer",
    params: schemas.Nothing,
    result: schemas.ConfigResult,
    summary: "The settings in force, secrets masked.",
    run: async (_params, { services }) => ({ config: services.maskedConfig() }),
  },
};
