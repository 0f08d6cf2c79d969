// The agent's flags from the user's settings.
import { workspace } from "vscode";
import { SETTINGS } from "../contributions.ts";
import type { OwnTarget } from "./session-state.ts";

/** Flags of `kgroot agent`. The demo's recording is old: there nothing is cleaned up, and the user's own configuration has no part in it. */
export function agentFlags(target: OwnTarget): string[] {
  const settings = workspace.getConfiguration("kgroot");
  const level = ["--log-level", settings.get<string>(SETTINGS.logLevel, "info")];
  if (target.kind === "demo") return [...level, "--cluster", "demo", "--retention-days", "3650"];
  const file = settings.get<string>(SETTINGS.configFile, "").trim();
  const days = String(settings.get<number>(SETTINGS.retentionDays, 7));
  const cluster = target.kind === "cluster" ? ["--context", target.context] : [];
  return [...level, "--retention-days", days, ...(file === "" ? [] : ["--config", file]), ...cluster];
}
