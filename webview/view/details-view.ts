// The pane beside the graph: everything about the chosen card or link, quoted, with the way that was walked and how each score came about.
import type { WireGraphLink, WireGraphNode, WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { fullName, manyLines, oneLine, plural, score } from "../format.ts";
import { etypeWord } from "../marks.ts";
import { cardTitle, type VisibleGraph, type VisibleLink, type VisibleNode } from "../view-model.ts";
import { pathStep } from "./causes-view.ts";
import { button, h } from "./dom.ts";
import type { Choice } from "./graph-canvas.ts";
import { bar, evidenceItem, kindBadge, severityIcon, subjectLabel, timeText } from "./parts.ts";

/** What the pane needs to show and to do. */
export type DetailsContext = {
  readonly wire: WireIncidentGraph;
  readonly graph: VisibleGraph;
  readonly nowMs: number;
  readonly choose: (choice: Choice | undefined) => void;
  readonly jump: (eventId: string) => void;
  readonly unfold: (id: string) => void;
  readonly copy: (text: string) => void;
};

const LISTED_MAX = 200;

/** The contents of the pane; empty when what was chosen is gone. */
export function detailsOf(choice: Choice, context: DetailsContext): HTMLElement[] {
  if (choice.kind === "link") {
    const link = context.graph.links.find((one) => one.id === choice.id);
    return link ? [paneHead("Link", context), ...link.links.slice(0, 20).map((one) => linkCard(one, context, "both"))] : [];
  }
  const card = context.graph.nodes.find((node) => node.id === choice.id);
  if (!card) return [];
  const episode = card.folded ? card.members.find((member) => member.event_id === choice.event) : card.members[0];
  if (!episode) return foldDetails(card, context);
  const back =
    card.folded &&
    button(`Back to ${cardTitle(card, card.resources)}`, () => context.choose({ kind: "card", id: card.id }), { class: "small" });
  return [paneHead(roleWord(card), context), ...(back ? [back] : []), ...episodeDetails(episode, context)];
}

function roleWord(card: VisibleNode): string {
  if (card.role === "root_cause") return "Root cause";
  if (card.firstCritical) return "First critical failure";
  if (card.rival) return "Other hypothesis";
  return card.role === "cause" ? "Cause" : "Symptom";
}

function paneHead(title: string, context: DetailsContext): HTMLElement {
  return h(
    "div",
    { class: "pane-head" },
    h("h2", {}, title),
    button("✕", () => context.choose(undefined), { class: "icon", attrs: { "aria-label": "Close details" } }),
  );
}

function foldDetails(card: VisibleNode, context: DetailsContext): HTMLElement[] {
  const first = card.members[0];
  const causes = context.graph.links.filter((link) => link.effect === card.id).sort((a, b) => b.score - a.score);
  const effects = context.graph.links.filter((link) => link.cause === card.id).sort((a, b) => b.score - a.score);
  return [
    paneHead(roleWord(card), context),
    h(
      "p",
      { class: "pane-subject subject" },
      kindBadge(card.kind),
      h("span", { class: "subject-name" }, cardTitle(card, card.resources)),
      h("span", { class: "muted" }, card.namespace && `in ${card.namespace}`),
    ),
    h("p", { class: "pane-reason" }, severityIcon(card.severity), h("strong", {}, card.reason), card.count > 1 && `${card.count} times`),
    h("p", { class: "message" }, manyLines(first?.message ?? "")),
    h("h3", {}, `${plural(card.members.length, "record")} folded`),
    h("ul", { class: "plain members" }, ...card.members.slice(0, LISTED_MAX).map((member) => memberItem(member, card, context))),
    button("Show each in the graph", () => context.unfold(card.id), { class: "small", attrs: { "data-focus": "unfold" } }),
    ...(first && first.evidence.length > 0
      ? [
          h("h3", {}, "Evidence of the first"),
          h("ul", { class: "evidences" }, ...first.evidence.map((item) => evidenceItem(item, context.copy))),
        ]
      : []),
    h("h3", {}, causes.length > 0 ? "Caused by" : card.role === "root_cause" ? "Nothing better explains it" : "No cause is known"),
    ...causes.flatMap((link) => (link.links[0] ? [linkCard(link.links[0], context, "cause")] : [])),
    ...(effects.length > 0
      ? [
          h("h3", {}, plural(effects.length, "effect")),
          h("ul", { class: "plain members" }, ...effects.map((link) => effectItem(link, context))),
        ]
      : []),
  ];
}

function memberItem(member: WireGraphNode, card: VisibleNode, context: DetailsContext): HTMLElement {
  const name = card.resources > 1 ? fullName(member.resource) : member.reason;
  const seen = `${etypeWord(oneLine(member.etype))}${member.count > 1 ? ` ×${member.count}` : ""}`;
  return h(
    "li",
    {},
    severityIcon(member.severity),
    button(oneLine(name), () => context.choose({ kind: "card", id: card.id, event: member.event_id }), { class: "link-button" }),
    h("span", { class: "muted" }, seen),
    timeText(member.first_time, context.nowMs),
  );
}

function effectItem(link: VisibleLink, context: DetailsContext): HTMLElement {
  const card = context.graph.nodes.find((node) => node.id === link.effect);
  const words = card ? `${card.resources > 1 ? "" : `${card.kind} `}${cardTitle(card, card.resources)}: ${card.reason}` : "";
  return h(
    "li",
    {},
    button(words, () => context.choose({ kind: "card", id: link.effect }), { class: "link-button" }),
    h("span", { class: "muted" }, score(link.score)),
  );
}

function episodeDetails(node: WireGraphNode, context: DetailsContext): HTMLElement[] {
  const { nowMs } = context;
  const causes = context.wire.links.filter((link) => link.effect === node.event_id).sort((a, b) => b.confidence - a.confidence);
  const effects = context.wire.links.filter((link) => link.cause === node.event_id).sort((a, b) => b.confidence - a.confidence);
  const rows: [string, Node | undefined][] = [
    ["First", timeText(node.first_time, nowMs)],
    ["Last", node.count > 1 ? timeText(node.last_time, nowMs) : undefined],
    ["Times", node.count > 1 ? h("span", {}, String(node.count)) : undefined],
    ["Cleared", node.cleared_time === undefined ? undefined : timeText(node.cleared_time, nowMs)],
    ["Seen as", h("span", {}, `${etypeWord(oneLine(node.etype))}, ${oneLine(node.category)}`)],
  ];
  return [
    h("p", { class: "pane-subject" }, subjectLabel(node.resource)),
    h("p", { class: "pane-reason" }, severityIcon(node.severity), h("strong", {}, oneLine(node.reason))),
    h("p", { class: "message" }, manyLines(node.message)),
    h("dl", { class: "pairs" }, ...rows.flatMap(([name, value]) => (value ? [h("dt", {}, name), h("dd", {}, value)] : []))),
    ...(node.evidence.length > 0
      ? [h("h3", {}, "Evidence"), h("ul", { class: "evidences" }, ...node.evidence.map((item) => evidenceItem(item, context.copy)))]
      : []),
    h("h3", {}, causes.length > 0 ? "Caused by" : node.role === "root_cause" ? "Nothing better explains it" : "No cause is known"),
    ...causes.map((link) => linkCard(link, context, "cause")),
    ...(effects.length > 0
      ? [
          h("h3", {}, plural(effects.length, "effect")),
          h(
            "ul",
            { class: "plain members" },
            ...effects
              .slice(0, 50)
              .map((link) => h("li", {}, jumpButton(link.effect, context), h("span", { class: "muted" }, score(link.confidence)))),
          ),
        ]
      : []),
  ];
}

/** One link: what it says, how its score came about, and the way that was walked. `end` names the episode to jump to. */
function linkCard(link: WireGraphLink, context: DetailsContext, end: "cause" | "both"): HTMLElement {
  const parts = [
    ["Time", link.temporal_score, "0.3 ×"],
    ["Distance", link.distance_score, "0.3 ×"],
    ["Knowledge", link.domain_score, "0.4 ×"],
  ] as const;
  return h(
    "section",
    { class: "link-card" },
    h(
      "div",
      { class: "link-ends" },
      jumpButton(link.cause, context),
      end === "both" && h("span", { class: "muted" }, "caused"),
      end === "both" && jumpButton(link.effect, context),
    ),
    h("p", {}, oneLine(link.sentence)),
    h(
      "div",
      { class: "scores", role: "group", attrs: { "aria-label": "Scores" } },
      h("span", { class: "score-sum" }, "Score ", h("strong", {}, score(link.confidence))),
      ...parts.flatMap(([name, value, weight]) => [
        h("span", { class: "muted" }, `${weight} ${name}`),
        bar(value),
        h("span", { class: "score-value" }, score(value)),
      ]),
    ),
    h(
      "p",
      { class: "muted" },
      link.hops === 0 ? "On the same resource" : `${plural(link.hops, "hop")} away`,
      ", rule ",
      h("code", {}, oneLine(link.rule)),
    ),
    link.path.length > 0 && h("ol", { class: "steps" }, ...link.path.map(pathStep)),
  );
}

function jumpButton(eventId: string, context: DetailsContext): HTMLElement {
  const node = context.wire.nodes.find((one) => one.event_id === eventId);
  const name = node ? oneLine(`${node.resource.kind} ${fullName(node.resource)}: ${node.reason}`) : "an episode that is not kept";
  return button(name, () => context.jump(eventId), {
    class: "link-button",
    attrs: { disabled: node === undefined, "data-focus": `jump ${eventId}` },
  });
}
