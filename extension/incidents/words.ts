// Words, numbers and times as the tree and the documents show them; and what makes cluster text harmless where VS Code would obey it.
import { l10n } from "vscode";
import type { WireIncident } from "../../agent/protocol/incident.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long before `nowMs`: `45 s`, `18 min`, `27 h`, `3 d`. */
export function age(iso: string, nowMs: number): string {
  const ms = Math.max(0, nowMs - Date.parse(iso));
  if (Number.isNaN(ms)) return l10n.t("unknown time");
  if (ms < MINUTE_MS) return l10n.t("{0} s", Math.floor(ms / SECOND_MS));
  if (ms < HOUR_MS) return l10n.t("{0} min", Math.floor(ms / MINUTE_MS));
  return ms < 2 * DAY_MS ? l10n.t("{0} h", Math.floor(ms / HOUR_MS)) : l10n.t("{0} d", Math.floor(ms / DAY_MS));
}

/** `92 %`. Never 100 % for less than certainty, never 0 % for more than none. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${rounded >= 100 && share < 1 ? 99 : rounded <= 0 && share > 0 ? 1 : rounded} %`;
}

/** `Pod shop/web-1`. */
export function resourceName({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}): string {
  return oneLine(`${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`);
}

/** How many resources an incident has hit. */
export function hitCount({ affected }: WireIncident): number {
  return affected.filter(({ role }) => role === "symptom").length;
}

/** Text on one line, without characters that do not show or that turn the direction of writing. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}

const TOAST_CHARS_MAX = 200;

/** What to do stands at the end of a failure, behind long paths: VS Code shows a few lines of it. */
export const FAILURE_CHARS_MAX = 600;

/** One short line for notifications and pick lists, which take `[…](…)` for a link and `$(…)` for an icon. */
export function harmless(text: string, charsMax = TOAST_CHARS_MAX): string {
  const line = oneLine(text).replaceAll("](", "] (").replaceAll("$(", "$ (");
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}
