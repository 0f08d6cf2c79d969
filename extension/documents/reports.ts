// The health check and the statistics as documents.
import { l10n } from "vscode";
import type { WireStats } from "../../agent/protocol/graph.ts";
import type { DoctorFinding } from "../../agent/protocol/rpc.ts";
import { prose, section } from "./markdown.ts";

const SIGN: Readonly<Record<DoctorFinding["status"], string>> = { ok: "✓", warning: "⚠", error: "✗" };

/** Findings, worst first, each with what to do. */
export function healthReport(findings: readonly DoctorFinding[]): string {
  const order: readonly DoctorFinding["status"][] = ["error", "warning", "ok"];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const bad = findings.filter(({ status }) => status !== "ok").length;
  const lines = [
    `# ${l10n.t("Health check")}`,
    "",
    bad === 0 ? l10n.t("All is well.") : l10n.t("{0} of {1} findings need a look.", bad, findings.length),
    "",
    ...sorted.flatMap(({ component, status, text, action }) => [
      `- ${SIGN[status]} **${prose(component)}**: ${prose(text)}`,
      ...(action === undefined ? [] : [`  - → ${prose(action)}`]),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Counts of what the agent's store holds. */
export function statisticsReport(stats: WireStats): string {
  const lines = [
    `# ${l10n.t("Statistics")}`,
    "",
    l10n.t("As of {0}.", prose(stats.timestamp)),
    ...section(l10n.t("Totals"), [
      ...table({
        [l10n.t("Resources")]: stats.resources,
        [l10n.t("Relations")]: stats.edges,
        [l10n.t("Events")]: stats.episodic_events,
        [l10n.t("Incidents")]: stats.incidents,
      }),
      ...(stats.oldest_event && stats.newest_event
        ? ["", l10n.t("Events from {0} to {1}.", prose(stats.oldest_event), prose(stats.newest_event))]
        : []),
    ]),
    ...section(l10n.t("Resources by kind"), table(stats.resources_by_kind)),
    ...section(l10n.t("Relations by type"), table(stats.edges_by_type)),
    ...section(l10n.t("Events by severity"), table(stats.events_by_severity)),
  ];
  return `${lines.join("\n")}\n`;
}

function table(counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return [];
  return [`| ${l10n.t("what")} | ${l10n.t("count")} |`, "|---|--:|", ...rows.map(([name, count]) => `| ${prose(name)} | ${count} |`)];
}
