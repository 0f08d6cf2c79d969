// The numbers of contracts.md §6 that reasoning and the pipeline take as an argument; the user's file may change each.

const MINUTE_MS = 60_000;

/** Settings of linking, folding, escalation, anomalies and clustering. Times in milliseconds, scores 0..1. */
export type ReasoningSettings = {
  /** A cause may lie this long before its effect. */
  readonly windowMs: number;
  /** A cause stamped this much after its effect still counts: clocks differ. */
  readonly skewMs: number;
  /** Longest walk from effect to cause, 0..5. */
  readonly hopsMax: number;
  /** Links scored lower are not kept. */
  readonly scoreMin: number;
  /** Best causes kept per effect. */
  readonly linksPerEffectMax: number;
  /** Occurrences no further apart than this fold into one episode. */
  readonly foldMs: number;
  /** ERROR and FATAL episodes this close, on related resources, are one incident. */
  readonly incidentWindowMs: number;
  /** An incident whose findings have cleared is resolved when nothing was seen for this long. */
  readonly quietMs: number;
  /** An incident without any condition (only events and logs) is resolved when nothing was seen for this long. */
  readonly silenceMs: number;
  /** A finding that rests on other objects must hold this long before it is believed: their news may lag. */
  readonly settleMs: number;
  /** A root cause is named from this calibrated probability on; below it the answer is "not sure". */
  readonly rootCauseConfidenceMin: number;
  readonly escalation: { readonly everyRepeats: number; readonly windowMs: number };
  readonly anomalies: {
    readonly windowMs: number;
    readonly errorsPerMinuteMax: number;
    readonly sameReasonMax: number;
    readonly oomKillsMax: number;
    readonly churnMax: number;
  };
};

/** The defaults of contracts.md §6. */
export const DEFAULT_REASONING: ReasoningSettings = {
  windowMs: 15 * MINUTE_MS,
  skewMs: 5_000,
  hopsMax: 3,
  scoreMin: 0.4,
  linksPerEffectMax: 5,
  foldMs: 5 * MINUTE_MS,
  incidentWindowMs: 15 * MINUTE_MS,
  quietMs: 5 * MINUTE_MS,
  silenceMs: 15 * MINUTE_MS,
  settleMs: 30_000,
  rootCauseConfidenceMin: 0.5,
  escalation: { everyRepeats: 3, windowMs: 5 * MINUTE_MS },
  anomalies: { windowMs: 5 * MINUTE_MS, errorsPerMinuteMax: 10, sameReasonMax: 10, oomKillsMax: 3, churnMax: 50 },
};
