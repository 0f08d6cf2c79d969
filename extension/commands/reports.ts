// The health check, the statistics and the metrics, as documents.
import { l10n } from "vscode";
import type { Documents } from "../documents/documents.ts";
import { healthReport, statisticsReport } from "../documents/reports.ts";
import type { AgentSession } from "../session/agent-session.ts";

/** The health check. */
export function doctor(session: AgentSession, documents: Documents): () => Promise<void> {
  return async () => {
    const { findings } = await session.call("doctor", {});
    await documents.show(l10n.t("Health check"), healthReport(findings));
  };
}

/** The statistics. */
export function statistics(session: AgentSession, documents: Documents): () => Promise<void> {
  return async () => documents.show(l10n.t("Statistics"), statisticsReport(await session.call("graph/stats", {})));
}

/** The metrics, as the page for Prometheus has them. */
export function metrics(session: AgentSession, documents: Documents): () => Promise<void> {
  return async () => documents.open(`${l10n.t("Metrics")}.prom`, (await session.call("metrics", {})).text);
}
