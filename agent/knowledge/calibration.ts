// How a ranking's numbers become a probability: the coefficients of a logistic curve, as data with its origin.

/** `confidence = 1 / (1 + exp(-(intercept + share × s + score × t)))`, with s the top candidate's share of all candidates' scores and t its own score. */
export type Calibration = {
  readonly intercept: number;
  readonly share: number;
  readonly score: number;
  /** Never surer than this. */
  readonly confidenceMax: number;
  /** What it was fitted on: `cases` 0 means set by hand, not yet measured. */
  readonly cases: number;
  readonly date: string;
};

/** Set by hand; docs/reasoning.md says so to the reader. */
export const CALIBRATION: Calibration = { intercept: -2.2, share: 3.2, score: 3, confidenceMax: 0.97, cases: 0, date: "2026-11-25" };
