// An incident for a terminal: the answer in the first lines, what it rests on below.
import type { Terminal } from "../terminal.ts";
import {
  type IncidentReport,
  type Quote,
  reportOf,
  type Some,
  type ToldCause,
  type ToldIncident,
  type ToldStep,
  whyLower,
} from "./incident-report.ts";
import { gap, hanging, indented, wrap } from "./layout.ts";
import { ago, confidenceWords, counted, localClock, localTime, percent } from "./words.ts";

/** How to write. */
export type TextStyle = Pick<Terminal, "width" | "paint"> & { readonly nowMs: number; readonly full: boolean };

const LABEL_WIDTH = 15;

/** The lines of one incident. */
export function incidentText(told: ToldIncident, style: TextStyle): string[] {
  const report = reportOf(told, style.full);
  return [
    ...heading(report, style),
    "",
    ...causeLines(report, style),
    ...firstFailureLines(report, style),
    ...impactLines(report, style),
    ...section("How it spread", pathLines(report.path, style), style),
    ...section("Timeline", timelineLines(report, style), style),
    ...section("Evidence", (report.rootCause ?? report.likeliest)?.evidence.flatMap((quote) => quoteLines(quote, style)) ?? [], style),
    ...section("Other hypotheses", hypothesisLines(report, style), style),
    ...section("What could not be seen", listLines(report.gaps, style), style),
    ...section("Similar incidents before", similarLines(report, style), style),
  ];
}

/** A severity in its colour. */
export function severityWord(severity: string, { paint }: Pick<TextStyle, "paint">): string {
  if (severity === "ERROR" || severity === "FATAL") return paint.bad(severity);
  return severity === "WARNING" ? paint.warning(severity) : severity;
}

function heading(report: IncidentReport, style: TextStyle): string[] {
  const [first = "", ...rest] = wrap(report.title, style.width - report.severity.length - 2);
  const age = ago(report.since, style.nowMs);
  const when = `${localTime(report.since)}${age ? ` (${age})` : ""}`;
  const facts = [
    report.resolvedAt ? `resolved ${localTime(report.resolvedAt)}, began ${when}` : `${report.state} since ${when}`,
    counted(report.eventCount, "event"),
    `incident ${report.id}`,
    report.mutedBy ? `muted by ${report.mutedBy}` : "",
  ];
  const title = [`${severityWord(report.severity, style)}  ${style.paint.title(first)}`];
  const more = rest.map((line) => gap(report.severity.length + 2) + style.paint.title(line));
  return [...title, ...more, ...wrap(facts.filter((fact) => fact !== "").join(", "), style.width).map(style.paint.faint)];
}

function causeLines(report: IncidentReport, style: TextStyle): string[] {
  const { rootCause, likeliest } = report;
  if (rootCause) {
    const belief = `${rootCause.name} (${rootCause.reason}): ${confidenceWords(rootCause.confidence)}, ${percent(rootCause.confidence)}`;
    return [...labelled("Root cause", belief, style), ...wrap(rootCause.explanation, style.width, indented(LABEL_WIDTH))];
  }
  if (!likeliest) return labelled("Root cause", "not known: nothing that was seen explains this", style);
  const guess = `not sure. Likeliest: ${likeliest.name} (${likeliest.reason}), ${percent(likeliest.confidence)}`;
  return [...labelled("Root cause", guess, style), ...wrap(likeliest.explanation, style.width, indented(LABEL_WIDTH))];
}

function firstFailureLines({ firstFailure }: IncidentReport, style: TextStyle): string[] {
  if (!firstFailure) return [];
  const { name, what, at } = firstFailure;
  return labelled("First failure", `${name}${what ? `, ${what}` : ""} (${localTime(at)})`, style);
}

function impactLines({ hit, atRisk }: IncidentReport, style: TextStyle): string[] {
  const lines: string[] = [];
  if (hit.shown[0] === "itself") lines.push(...labelled("Impact", "only itself", style));
  else if (hit.shown.length > 0) lines.push(...labelled("Impact", `${hit.shown.length + hit.more} hit: ${namesText(hit)}`, style));
  if (atRisk.shown.length > 0) {
    const text = `${atRisk.shown.length + atRisk.more} could be hit: ${namesText(atRisk)}`;
    lines.push(...(lines.length === 0 ? labelled("Impact", text, style) : wrap(text, style.width, indented(LABEL_WIDTH))));
  }
  return lines;
}

function pathLines(path: readonly ToldStep[], style: TextStyle): string[] {
  return path.flatMap(({ from, to, relation, evidence, command }, at) => {
    const mark = `${at + 1}.`;
    const edge = from === to ? from : `${from} → ${to} (${relation})`;
    return [...wrap(edge, style.width, hanging(2, mark)), ...wrap(evidence, style.width, indented(5)), ...commandLines(command, 5, style)];
  });
}

function quoteLines({ source, text, command }: Quote, style: TextStyle): string[] {
  return [
    ...wrap(source, style.width, hanging(2, "-")),
    ...wrap(`“${text}”`, style.width, indented(4)),
    ...(command === undefined ? [] : commandLines(command, 4, style)),
  ];
}

/** Never wrapped: a command is copied. */
function commandLines(command: string, before: number, { paint }: TextStyle): string[] {
  return [`${gap(before)}${paint.command(`$ ${command}`)}`];
}

function hypothesisLines({ hypotheses }: IncidentReport, style: TextStyle): string[] {
  const lines = hypotheses.shown.flatMap((causes) => wrap(hypothesisText(causes), style.width, hanging(2, "-")));
  return [...lines, ...moreLine(hypotheses)];
}

function hypothesisText(causes: readonly ToldCause[]): string {
  const what = causes.map(({ label, confidence }) => `${label}, ${percent(confidence)}`).join("; ");
  const [first] = causes;
  return first?.rejectedBecause === undefined
    ? `${what}: possible too. ${first?.explanation ?? ""}`
    : `${what}, ranked lower: ${whyLower(causes)}`;
}

function timelineLines({ timeline }: IncidentReport, style: TextStyle): string[] {
  const lines = timeline.shown.flatMap(({ at, text }) => wrap(text, style.width, hanging(2, localClock(at))));
  return [...lines, ...moreLine(timeline)];
}

function similarLines({ similar }: IncidentReport, style: TextStyle): string[] {
  const lines = similar.shown.flatMap(({ id, title, because, confirmed }) => {
    const word = confirmed === undefined ? "" : confirmed ? " Its root cause was confirmed." : " Its root cause was rejected.";
    return wrap(`${title} (${id}): ${because}${word}`, style.width, hanging(2, "-"));
  });
  return [...lines, ...moreLine(similar)];
}

function listLines(list: Some<string>, style: TextStyle): string[] {
  return [...list.shown.flatMap((text) => wrap(text, style.width, hanging(2, "-"))), ...moreLine(list)];
}

function moreLine({ more }: Some<unknown>): string[] {
  return more > 0 ? [`  … and ${more} more (--full shows all)`] : [];
}

function namesText({ shown, more }: Some<string>): string {
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function section(title: string, lines: readonly string[], { paint }: TextStyle): string[] {
  return lines.length === 0 ? [] : ["", paint.label(title), ...lines];
}

function labelled(label: string, text: string, { width, paint }: TextStyle): string[] {
  const [first = "", ...rest] = wrap(text, width, indented(LABEL_WIDTH));
  return [paint.label(label.padEnd(LABEL_WIDTH)) + first.slice(LABEL_WIDTH), ...rest];
}
