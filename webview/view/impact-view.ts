// Who is hit and who could be, what the verdict could not see, and which past incidents look alike.
import type { WireAffected, WireIncident } from "../../agent/protocol/incident.ts";
import { oneLine, percent, plural, pluralKind } from "../format.ts";
import { formatHash } from "../router.ts";
import type { Session } from "../session.ts";
import { h } from "./dom.ts";
import { bar, subjectLabel, timeText } from "./parts.ts";

/** The blast radius: hit already, could be hit; each by kind. */
export function blastSection(incident: WireIncident, nowMs: number): HTMLElement[] {
  const hit = incident.affected.filter((one) => one.role === "symptom");
  const atRisk = incident.affected.filter((one) => one.role === "at_risk");
  return [
    h(
      "div",
      { class: "columns-2" },
      affectedBlock(`Hit already (${hit.length})`, hit, { nowMs, none: "Nothing is hit." }),
      affectedBlock(`Could be hit (${atRisk.length})`, atRisk, { nowMs, none: "Nothing else is in reach." }),
    ),
  ];
}

function affectedBlock(
  title: string,
  affected: readonly WireAffected[],
  look: { readonly nowMs: number; readonly none: string },
): HTMLElement {
  const kinds = [...new Set(affected.map((one) => one.kind))];
  return h(
    "section",
    { class: "block" },
    h("h2", {}, title),
    affected.length === 0 && h("p", { class: "muted" }, look.none),
    ...kinds.flatMap((kind) => {
      const ofKind = affected.filter((one) => one.kind === kind);
      return [
        h("h3", {}, plural(ofKind.length, oneLine(kind), oneLine(pluralKind(kind)))),
        h("ul", { class: "affected" }, ...ofKind.map((one) => affectedItem(one, look.nowMs))),
      ];
    }),
  );
}

function affectedItem(one: WireAffected, nowMs: number): HTMLElement {
  return h("li", {}, subjectLabel(one), one.since !== undefined && h("span", { class: "muted" }, "since ", timeText(one.since, nowMs)));
}

/** What is missing from the evidence; a verdict from half of it must say so. */
export function gapsSection(incident: WireIncident): HTMLElement[] {
  if (incident.evidence_gaps.length === 0)
    return [h("p", { class: "note" }, "No gaps are known: everything that was asked for could be read.")];
  return [
    h("p", { class: "note" }, "This verdict was reached without the following. What is not seen cannot be named."),
    h("ul", { class: "gaps" }, ...incident.evidence_gaps.map((gap) => h("li", {}, oneLine(gap)))),
  ];
}

/** Past incidents that look alike. */
export function similarSection(incident: WireIncident, session: Session): HTMLElement[] {
  if (incident.similar.length === 0) return [h("p", { class: "note" }, "No past incident looks like this one.")];
  return [
    h(
      "ul",
      { class: "similar" },
      ...incident.similar.map((one) => {
        const route = { incident: one.id, cluster: incident.cluster, section: "graph" } as const;
        const follow = (event: MouseEvent): void => {
          event.preventDefault();
          session.go(route);
        };
        return h(
          "li",
          { class: "cause" },
          h(
            "div",
            { class: "cause-head" },
            h("a", { attrs: { href: formatHash(route), "data-focus": `similar ${one.id}` }, on: { click: follow } }, oneLine(one.title)),
            confirmation(one.confirmed),
            h(
              "span",
              { class: "probability" },
              bar(one.score),
              h("strong", {}, percent(one.score)),
              h("span", { class: "muted" }, "alike"),
            ),
          ),
          h("p", {}, oneLine(one.because)),
        );
      }),
    ),
  ];
}

function confirmation(confirmed: boolean | undefined): HTMLElement | undefined {
  if (confirmed === undefined) return undefined;
  return h("span", { class: confirmed ? "flag flag-root" : "flag" }, confirmed ? "cause confirmed then" : "cause rejected then");
}
