// What is predicted of a case, in the form that score.py reads.

/** One ranked cause. */
export type PredictedCause = {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly fault_type?: string | undefined;
  readonly confidence: number;
};

/** Causes of one case, best first. */
export type Prediction = { readonly case: string; readonly causes: readonly PredictedCause[] };
