// The head of an incident: what broke, because of what, how sure, what failed first, who is hit, and what a person can do about it.
import type { WireGraphNode, WireIncident, WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { type AppState, selectedIncident, severalClusters, whyNot } from "../app-state.ts";
import { oneLine, plural, span, sureness, timeMs } from "../format.ts";
import type { Session } from "../session.ts";
import { createActions } from "./actions-view.ts";
import { h, nodes, replaceKeeping } from "./dom.ts";
import { ageText, probability, severityIcon, subjectLabel, subjectText, timeText } from "./parts.ts";

/** The head. `exportSvg` hands over the drawn graph. */
export function createVerdictView(
  session: Session,
  options: { readonly nowMs: () => number; readonly exportSvg: () => string },
): { readonly element: HTMLElement; update(state: AppState): void } {
  const words = h("div", { class: "verdict-words" });
  const lastSign = h("span", { class: "last-sign" });
  const actions = createActions(session, options.exportSvg);
  const element = h("header", { class: "verdict" }, words, actions.element);
  let drawn = "";
  return {
    element,
    update: (state) => {
      const incident = selectedIncident(state);
      element.hidden = incident === undefined;
      if (!incident) return;
      actions.update(incident, whyNot(state));
      const graph = state.detail.state === "shown" ? state.detail.graph : undefined;
      const critical = graph?.nodes.find((node) => node.event_id === incident.first_critical_failure);
      const { last_seen, event_count: _count, ...lasting } = incident;
      lastSign.replaceChildren(...(incident.state === "open" ? ["last sign ", ageText(last_seen, options.nowMs())] : []));
      const cluster = severalClusters(state) ? incident.cluster : undefined;
      const signature = JSON.stringify([lasting, critical, graph !== undefined, cluster]);
      if (signature === drawn) return;
      drawn = signature;
      replaceKeeping(words, [
        statusLine(incident, cluster, { lastSign, nowMs: options.nowMs() }),
        h("h1", { tabindex: -1, title: oneLine(incident.title) }, oneLine(incident.title)),
        h("p", { class: "summary", title: oneLine(incident.summary) }, oneLine(incident.summary)),
        facts(incident, critical, { graph, nowMs: options.nowMs() }),
      ]);
    },
  };
}

function statusLine(
  incident: WireIncident,
  cluster: string | undefined,
  { lastSign, nowMs }: { readonly lastSign: HTMLElement; readonly nowMs: number },
): HTMLElement {
  const lasted = (timeMs(incident.resolved_at ?? incident.last_seen) ?? 0) - (timeMs(incident.first_seen) ?? 0);
  const since = incident.state === "open" ? [", ", ageText(incident.first_seen, nowMs)] : [`, lasted ${span(lasted)}`];
  return h(
    "p",
    { class: "status-line" },
    severityIcon(incident.severity, false),
    h("strong", {}, incident.severity.toLowerCase()),
    h("span", { class: `flag flag-${incident.state}` }, incident.state),
    incident.muted_by !== undefined && h("span", { class: "flag" }, "muted"),
    incident.acknowledged_at !== undefined &&
      h("span", { class: "flag", title: `since ${oneLine(incident.acknowledged_at)}` }, "acknowledged"),
    cluster !== undefined && h("span", { class: "status-cluster", title: oneLine(cluster) }, `cluster ${oneLine(cluster)}`),
    h("span", {}, "since ", timeText(incident.first_seen, nowMs), ...since),
    lastSign,
  );
}

function facts(
  incident: WireIncident,
  critical: WireGraphNode | undefined,
  more: { readonly graph: WireIncidentGraph | undefined; readonly nowMs: number },
): HTMLElement {
  const hit = incident.affected.filter((one) => one.role === "symptom").length;
  const atRisk = incident.affected.length - hit;
  return h(
    "dl",
    { class: "facts" },
    ...fact("Root cause", rootCause(incident)),
    ...fact(
      "How sure",
      incident.root_cause
        ? [probability(incident.confidence)]
        : [h("strong", { class: "unsure" }, sureness(incident)), h("span", { class: "muted" }, "no root cause is named")],
    ),
    ...fact(
      "First critical failure",
      critical
        ? [subjectLabel(critical.resource), h("span", {}, oneLine(critical.reason), " at ", timeText(critical.first_time, more.nowMs))]
        : [h("span", { class: "muted" }, more.graph ? "none among what is kept" : "…")],
    ),
    ...fact("Impact", [
      h("strong", {}, `${plural(hit, "resource")} hit`),
      h("span", { class: "muted" }, atRisk > 0 ? `${atRisk} more could be hit` : "no others in reach"),
    ]),
  );
}

function fact(name: string, value: readonly Node[]): HTMLElement[] {
  return [h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, ...value))];
}

function rootCause(incident: WireIncident): Node[] {
  const cause = incident.root_cause;
  if (cause)
    return [subjectLabel(cause), h("span", {}, oneLine(cause.reason), h("span", { class: "muted" }, ` · ${oneLine(cause.category)}`))];
  const guess = incident.causes.find((one) => one.rejected_because === undefined);
  return nodes([
    h("strong", { class: "unsure" }, "Not sure"),
    guess && h("span", { class: "muted" }, `best guess: ${subjectText(guess)}`),
  ]).map((node) => (typeof node === "string" ? document.createTextNode(node) : node));
}
