// An incident for a ticket: Markdown in which text from a cluster cannot make links, mentions or markup.
import { type IncidentReport, reportOf, type Some, type ToldCause, type ToldIncident, whyLower } from "./incident-report.ts";
import { confidenceWords, counted, percent } from "./words.ts";

/** The Markdown lines of one incident, its title as a heading of the second level. Times are UTC: tickets are read everywhere. */
export function incidentMarkdown(told: ToldIncident, full: boolean): string[] {
  const report = reportOf(told, full);
  const cause = report.rootCause ?? report.likeliest;
  return [
    `## ${prose(report.title)}`,
    "",
    `**${report.severity}**, ${report.state}, since ${report.since}, last seen ${report.lastSeen}, ${counted(report.eventCount, "event")}, incident ${code(report.id)} in cluster ${code(report.cluster)}`,
    "",
    ...causeLines(report),
    ...firstFailure(report),
    ...impact(report),
    ...section("How it spread", pathLines(report)),
    ...section("Timeline", timelineLines(report)),
    ...section("Evidence", cause ? evidenceLines(cause) : []),
    ...section("Other hypotheses", hypothesisLines(report)),
    ...section("What could not be seen", [...report.gaps.shown.map((text) => `- ${prose(text)}`), ...moreLine(report.gaps)]),
    ...section("Similar incidents before", similarLines(report)),
  ];
}

/** Text between words of our own: every character that Markdown could obey is escaped, and `@` and `#` lose their meaning to trackers. */
export function prose(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()|~$!]/g, "\\$&").replace(/[@#]/g, "$&\u200b");
}

/** Text as code: the fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 || text.startsWith(" ") || text === "" ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

function causeLines({ rootCause, likeliest }: IncidentReport): string[] {
  if (rootCause)
    return [`**Root cause:** ${causeName(rootCause)}, ${confidenceWords(rootCause.confidence)}. ${prose(rootCause.explanation)}`, ""];
  if (likeliest) return [`**Root cause:** not sure. Likeliest: ${causeName(likeliest)}. ${prose(likeliest.explanation)}`, ""];
  return ["**Root cause:** not known: nothing that was seen explains this.", ""];
}

function causeName({ name, reason, confidence }: ToldCause): string {
  return `${code(name)} (${prose(reason)}, ${percent(confidence)})`;
}

function firstFailure({ firstFailure: first }: IncidentReport): string[] {
  return first ? [`**First failure:** ${code(first.name)}${first.what ? `, ${prose(first.what)}` : ""} at ${first.at}`, ""] : [];
}

function impact({ hit, atRisk }: IncidentReport): string[] {
  const parts = [
    hit.shown[0] === "itself" ? "only itself" : hit.shown.length > 0 ? `${hit.shown.length + hit.more} hit: ${names(hit)}` : "",
    atRisk.shown.length > 0 ? `${atRisk.shown.length + atRisk.more} could be hit: ${names(atRisk)}` : "",
  ].filter((part) => part !== "");
  return parts.length > 0 ? [`**Impact:** ${parts.join("; ")}`, ""] : [];
}

function names({ shown, more }: Some<string>): string {
  return `${shown.map(code).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function pathLines({ path }: IncidentReport): string[] {
  return path.flatMap(({ from, to, relation, evidence, command }, at) => [
    `${at + 1}. ${from === to ? code(from) : `${code(from)} → ${code(to)} (${prose(relation)})`}`,
    `   - ${code(evidence)}`,
    `   - ${code(command)}`,
  ]);
}

function evidenceLines({ evidence }: ToldCause): string[] {
  return evidence.flatMap(({ source, text, command }) => [
    `- ${prose(source)}: ${code(text)}`,
    ...(command === undefined ? [] : [`  - ${code(command)}`]),
  ]);
}

function hypothesisLines({ hypotheses }: IncidentReport): string[] {
  const lines = hypotheses.shown.map((causes) => {
    const what = causes.map(({ label, confidence }) => `${code(label)} (${percent(confidence)})`).join(", ");
    const [first] = causes;
    return first?.rejectedBecause === undefined
      ? `- ${what}: possible too. ${prose(first?.explanation ?? "")}`
      : `- ${what}, ranked lower: ${prose(whyLower(causes))}`;
  });
  return [...lines, ...moreLine(hypotheses)];
}

function timelineLines({ timeline }: IncidentReport): string[] {
  return [...timeline.shown.map(({ at, text }) => `- ${at} ${code(text)}`), ...moreLine(timeline)];
}

function similarLines({ similar }: IncidentReport): string[] {
  const lines = similar.shown.map(({ id, title, because, confirmed }) => {
    const word = confirmed === undefined ? "" : confirmed ? " Its root cause was confirmed." : " Its root cause was rejected.";
    return `- ${prose(title)} (${code(id)}): ${prose(because)}${word}`;
  });
  return [...lines, ...moreLine(similar)];
}

function moreLine({ more }: Some<unknown>): string[] {
  return more > 0 ? [`- … and ${more} more`] : [];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, "", ...lines, ""];
}
