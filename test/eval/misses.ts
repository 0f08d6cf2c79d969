// The report of misses: what was true, what was said instead, and what the incidents were made of.
import type { Episode } from "../../agent/domain/episode.ts";
import type { Diagnosis } from "./diagnose.ts";
import { predictedCause } from "./mapping.ts";
import { rankedCauses } from "./predict.ts";
import type { Answer } from "./read-case.ts";
import { type CaseScore, entityOf } from "./score.ts";

const CAUSES_SHOWN = 3;
const EPISODES_SHOWN = 12;

/** One miss as Markdown. */
export function missText(answer: Answer, score: CaseScore, diagnosis: Diagnosis): string {
  const causes = rankedCauses(diagnosis.incidents);
  const byId = new Map(diagnosis.episodes.map((episode) => [episode.eid as string, episode]));
  const said = causes.slice(0, CAUSES_SHOWN).map(({ cause }) => {
    const { kind, name, fault_type } = predictedCause(cause, byId);
    const where = cause.rejectedBecause ? ` (dropped: ${cause.rejectedBecause})` : "";
    return `- ${entityOf(kind, name, answer)} ${fault_type ?? "?"} — ${cause.subject.kind}/${cause.subject.name} ${cause.reason} score ${cause.score.toFixed(3)} confidence ${cause.confidence.toFixed(2)}${where}\n  ${clip(cause.explanation, 300)}`;
  });
  const rank = causes.findIndex(({ cause }) => {
    const { kind, name } = predictedCause(cause, byId);
    return entityOf(kind, name, answer) === score.truth;
  });
  const about = diagnosis.episodes.filter((episode) => isAbout(episode, answer));
  return [
    `## ${answer.case}: ${score.truth} ${answer.faultType ?? ""} (${answer.visible === false ? "silent" : "visible"})`,
    `${diagnosis.incidents.length} incidents, ${causes.length} causes; the culprit is ${rank < 0 ? "not among them" : `cause ${rank + 1}`}.`,
    ...(said.length > 0 ? said : ["- nothing was said"]),
    about.length > 0 ? "Episodes about the culprit:" : "No episode of an incident is about the culprit: a detector or a rule is missing.",
    ...about
      .slice(0, EPISODES_SHOWN)
      .map((episode) => `  - ${episode.etype} ${episode.severity} ${episode.reason} ${episode.rid}: ${clip(episode.message, 160)}`),
    "",
  ].join("\n");
}

function isAbout(episode: Episode, answer: Answer): boolean {
  const name = answer.object.name;
  const place = episode.rid.split(":").at(-1) ?? "";
  return place === name || place.startsWith(`${name}-`);
}

function clip(text: string, max: number): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= max ? line : `${line.slice(0, max)}…`;
}
