// Small pieces that many views use: severity marks, kind badges, times, confidence bars, evidence with its command.
import type { WireEvidence, WireSeverity, WireSubject } from "../../agent/protocol/incident.ts";
import { ago, clock, displayName, fullName, likelihood, manyLines, oneLine, percent, utc } from "../format.ts";
import { kindGlyph, severityMark } from "../marks.ts";
import { button, h, svg } from "./dom.ts";

/** A severity by shape, sign and colour; its word is there for screen readers unless a visible word stands beside it. */
export function severityIcon(severity: WireSeverity, labelled = true): SVGSVGElement {
  const mark = severityMark(severity);
  const name = labelled ? { role: "img", "aria-label": mark.word } : { "aria-hidden": "true" };
  return svg(
    "svg",
    { class: `mark ${mark.token}`, viewBox: "0 0 16 16", ...name },
    svg("path", { class: "mark-shape", d: mark.shape }),
    svg("path", { class: "mark-sign", d: mark.sign }),
  );
}

/** The short name of a kind in a small badge; the whole kind on hover and for screen readers. */
export function kindBadge(kind: string): HTMLElement {
  return h("span", { class: "kind", title: oneLine(kind), role: "img", attrs: { "aria-label": oneLine(kind) } }, kindGlyph(kind));
}

/** Badge, name and namespace of a resource. */
export function subjectLabel(subject: Pick<WireSubject, "kind" | "namespace" | "name">): HTMLElement {
  const namespace = subject.namespace ? h("span", { class: "muted" }, `${oneLine(subject.namespace)}/`) : undefined;
  return h(
    "span",
    { class: "subject", title: oneLine(displayName(subject)) },
    kindBadge(subject.kind),
    h("span", { class: "subject-name" }, namespace, oneLine(subject.name)),
  );
}

/** Local clock time, UTC on hover. */
export function timeText(iso: string | undefined, nowMs: number): HTMLElement {
  return h("time", { class: "time", title: utc(iso), attrs: { datetime: iso } }, clock(iso, nowMs));
}

/** `18 min ago` that ticks on its own; UTC on hover. */
export function ageText(iso: string, nowMs: number): HTMLElement {
  return h("time", { class: "age", title: utc(iso), attrs: { datetime: iso, "data-age": iso } }, ago(iso, nowMs));
}

/** Brings every ticking age below `root` up to date. */
export function tickAges(root: ParentNode, nowMs: number): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-age]")) {
    const text = ago(element.dataset["age"], nowMs);
    if (element.textContent !== text) element.textContent = text;
  }
}

/** A value 0..1 as a bar; its meaning is in the text beside it. */
export function bar(share: number): HTMLElement {
  const fill = h("span", { class: "bar-fill" });
  fill.style.inlineSize = `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
  return h("span", { class: "bar", attrs: { "aria-hidden": "true" } }, fill);
}

/** A calibrated probability: bar, number and word. */
export function probability(share: number): HTMLElement {
  return h("span", { class: "probability" }, bar(share), h("strong", {}, percent(share)), h("span", { class: "muted" }, likelihood(share)));
}

/** One quoted piece of evidence, with the command that shows the same, ready to copy. */
export function evidenceItem(evidence: WireEvidence, copy: (text: string) => void): HTMLElement {
  return h(
    "li",
    { class: "evidence" },
    h("div", { class: "evidence-source" }, oneLine(evidence.source)),
    h("blockquote", { class: "evidence-text" }, manyLines(evidence.text)),
    evidence.command !== undefined && commandLine(evidence.command, copy),
  );
}

/** A command line with a button that copies it. It is shown, never run. */
export function commandLine(command: string, copy: (text: string) => void): HTMLElement {
  const line = oneLine(command);
  return h(
    "div",
    { class: "command" },
    h("code", {}, line),
    button("Copy", () => copy(line), { class: "small", attrs: { "aria-label": `Copy command ${line}`, "data-focus": `copy ${line}` } }),
  );
}

/** A resource's name for running text. */
export function subjectText(subject: Pick<WireSubject, "kind" | "namespace" | "name">): string {
  return oneLine(`${subject.kind} ${fullName(subject)}`);
}
