// How a ranking's numbers become a probability: the coefficients of a logistic curve, as data with its origin.

/**
 * `confidence = 1 / (1 + exp(-(intercept + rootness × r + accounted × a + lead × l)))`, with r how likely a thing like the top candidate is where a failure
 * starts, a the share of the symptoms that it accounts for (less what accounts for it), and l its score over the sum of its and the next one's.
 */
export type Calibration = {
  readonly intercept: number;
  readonly rootness: number;
  readonly accounted: number;
  readonly lead: number;
  /** Never surer than this. */
  readonly confidenceMax: number;
  /** What it was fitted on: `cases` 0 means set by hand, not yet measured. */
  readonly cases: number;
  readonly date: string;
};

/** Rounded by hand from a fit on labelled cases; docs/accuracy.md says what was cross-validated and what was not, and `npm run eval -- --fit` fits it anew. */
export const CALIBRATION: Calibration = {
  intercept: -4.4,
  rootness: 8,
  accounted: 0,
  lead: 1.6,
  confidenceMax: 0.97,
  cases: 182,
  date: "2026-11-25",
};
