// The four severities, their order, and the words other systems use for them (contracts.md §1, §8).

export const SEVERITIES = ["INFO", "WARNING", "ERROR", "FATAL"] as const;

/** How bad an episode is. */
export type Severity = (typeof SEVERITIES)[number];

const RANK: Readonly<Record<Severity, number>> = { INFO: 0, WARNING: 1, ERROR: 2, FATAL: 3 };

const WORDS: Readonly<Record<string, Severity>> = {
  INFO: "INFO",
  NORMAL: "INFO",
  NOTICE: "INFO",
  DEBUG: "INFO",
  TRACE: "INFO",
  NONE: "INFO",
  INFORMATIONAL: "INFO",
  WARNING: "WARNING",
  WARN: "WARNING",
  ERROR: "ERROR",
  ERR: "ERROR",
  FATAL: "FATAL",
  CRITICAL: "FATAL",
  ALERT: "FATAL",
  EMERG: "FATAL",
  EMERGENCY: "FATAL",
  PANIC: "FATAL",
};

/** 0 for INFO up to 3 for FATAL. */
export function severityRank(severity: Severity): number {
  return RANK[severity];
}

/** The severity that a word in any case stands for, or undefined when it stands for none. */
export function parseSeverity(word: string): Severity | undefined {
  return WORDS[word.trim().toUpperCase()];
}

/** The severity `steps` above, at most FATAL. INFO is not raised: an expected occurrence stays expected however often it repeats. */
export function raiseSeverity(severity: Severity, steps: number): Severity {
  if (severity === "INFO") return severity;
  return SEVERITIES[Math.min(3, RANK[severity] + steps)] as Severity;
}

/** The worse of two severities. */
export function worseSeverity(a: Severity, b: Severity): Severity {
  return RANK[a] >= RANK[b] ? a : b;
}
