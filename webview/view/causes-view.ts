// The causes of an incident: ranked, each with its explanation and evidence; the way it spread; and the hypotheses that were dropped, with why.
import type { WireCause, WireIncident, WirePathStep } from "../../agent/protocol/incident.ts";
import { manyLines, oneLine } from "../format.ts";
import type { Session } from "../session.ts";
import { button, h } from "./dom.ts";
import { evidenceItem, probability, subjectLabel, subjectText } from "./parts.ts";

/** The whole section. `mayChange`: whether causes can be confirmed and rejected. */
export function causesSection(incident: WireIncident, session: Session, mayChange: boolean): HTMLElement[] {
  const standing = incident.causes.filter((cause) => cause.rejected_because === undefined);
  const dropped = incident.causes.filter((cause) => cause.rejected_because !== undefined);
  return [
    incident.root_cause
      ? undefined
      : h("p", { class: "note" }, "Not sure: no candidate is likely enough to be named the root cause. The best guesses are below."),
    standing.length > 0
      ? h("ol", { class: "causes" }, ...standing.map((cause, index) => causeCard(cause, index, { incident, session, mayChange })))
      : h("p", { class: "note" }, "Nothing is known that could have caused this."),
    incident.path.length > 0
      ? h("section", { class: "block" }, h("h2", {}, "How it spread"), h("ol", { class: "steps" }, ...incident.path.map(pathStep)))
      : undefined,
    dropped.length > 0
      ? h(
          "section",
          { class: "block" },
          h("h2", {}, `Ruled out (${dropped.length})`),
          ...dropped.map((cause) => droppedCause(cause, session)),
        )
      : undefined,
  ].filter((part) => part !== undefined);
}

type CauseContext = { readonly incident: WireIncident; readonly session: Session; readonly mayChange: boolean };

function causeCard(cause: WireCause, index: number, { incident, session, mayChange }: CauseContext): HTMLElement {
  const isRoot = cause.event_id === incident.root_cause?.event_id && cause.rid === incident.root_cause.rid;
  const judge = (verdict: "confirmed" | "rejected", text: string): HTMLButtonElement =>
    button(text, () => session.judge(incident, cause, verdict), {
      class: "small",
      attrs: {
        disabled: !mayChange,
        "aria-label": `${text} ${subjectText(cause)} as root cause`,
        "data-focus": `${verdict} ${cause.rid} ${cause.event_id}`,
      },
    });
  return h(
    "li",
    { class: `cause${isRoot ? " is-root" : ""}` },
    h(
      "div",
      { class: "cause-head" },
      h("span", { class: "rank" }, `${index + 1}`),
      subjectLabel(cause),
      isRoot && h("span", { class: "flag flag-root" }, "root cause"),
      probability(cause.confidence),
    ),
    h(
      "p",
      { class: "cause-reason" },
      h("strong", {}, oneLine(cause.reason)),
      h("span", { class: "muted" }, ` · ${oneLine(cause.category)}`),
    ),
    h("p", {}, oneLine(cause.explanation)),
    evidenceList(cause, session),
    h("div", { class: "cause-judge" }, judge("confirmed", "Confirm"), judge("rejected", "Reject")),
  );
}

function evidenceList(cause: WireCause, session: Session): HTMLElement | undefined {
  if (cause.evidence.length === 0) return undefined;
  return h(
    "ul",
    { class: "evidences", attrs: { "aria-label": "Evidence" } },
    ...cause.evidence.map((item) => evidenceItem(item, (text) => session.tell({ type: "copy", text }))),
  );
}

/** One edge of a causal path, from cause to effect, with what the edge is and the evidence for it. */
export function pathStep(step: WirePathStep): HTMLElement {
  const arrow = h("span", { class: "muted", attrs: { "aria-label": "to" } }, "→");
  return h(
    "li",
    { class: "step" },
    h(
      "div",
      { class: "step-line" },
      subjectLabel(step.from),
      arrow,
      subjectLabel(step.to),
      h("span", { class: "relation" }, relationText(step.relation)),
    ),
    step.evidence !== "" && h("blockquote", { class: "evidence-text" }, manyLines(step.evidence)),
  );
}

/** The edge's own direction may run against the path (a Pod uses the ConfigMap that broke it), so its name stands apart from the arrow. */
function relationText(relation: string): string {
  return relation === "SAME" ? "the same resource" : `edge ${oneLine(relation)}`;
}

function droppedCause(cause: WireCause, session: Session): HTMLElement {
  return h(
    "details",
    { class: "dropped", attrs: { "data-focus": `dropped ${cause.rid} ${cause.event_id}` } },
    h(
      "summary",
      {},
      subjectLabel(cause),
      h("span", {}, oneLine(cause.reason)),
      h("span", { class: "dropped-why" }, oneLine(cause.rejected_because ?? "")),
    ),
    h("p", {}, oneLine(cause.explanation)),
    evidenceList(cause, session) ?? h("p", { class: "muted" }, "No evidence is kept for it."),
  );
}
