// The incidents of a case as one ranking of causes.
import type { Candidate, Incident } from "../../agent/domain/incident.ts";
import type { Diagnosis } from "./diagnose.ts";
import { predictedCause } from "./mapping.ts";
import type { Prediction } from "./prediction.ts";

/** A cause and the incident it was named in. */
export type RankedCause = { readonly cause: Candidate; readonly incident: Incident };

/** All causes of the open incidents, surest first: what is resolved needs nobody's attention. */
export function rankedCauses(incidents: readonly Incident[]): readonly RankedCause[] {
  return incidents
    .filter(({ state }) => state === "open")
    .flatMap((incident) => incident.verdict.causes.map((cause): RankedCause => ({ cause, incident })))
    .sort(
      (a, b) =>
        b.cause.confidence - a.cause.confidence ||
        b.cause.score - a.cause.score ||
        a.incident.firstMs - b.incident.firstMs ||
        (a.incident.id < b.incident.id ? -1 : 1),
    );
}

/** The prediction for a case. */
export function predictionOf(caseId: string, { incidents, episodes }: Diagnosis): Prediction {
  const byId = new Map(episodes.map((episode) => [episode.eid as string, episode]));
  return { case: caseId, causes: rankedCauses(incidents).map(({ cause }) => predictedCause(cause, byId)) };
}
