// Text from a cluster is hostile: what could steer a terminal or hide other text is taken out before it is shown.
import { stripVTControlCharacters } from "node:util";

// Line breaks and tabs are spaces between words; all other controls (C0, C1), bidirectional overrides, zero-width and other format characters go.
const SPACES = /[\s\u0085\u2028\u2029]+/gu;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** The text in one line without anything that a terminal obeys. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text).replace(SPACES, " ").replace(INVISIBLE, "").trim();
}

/** The same, cut to at most `max` characters with a mark where it was cut. */
export function shortText(text: string, max: number): string {
  const clean = cleanText(text);
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).trimEnd()}…`;
}

/** A value as JSON that is safe to print: JSON leaves C1 controls and format characters as they are, here they are escaped too. `indent` 0: in one line. */
export function safeJson(value: unknown, indent = 2): string {
  const json = JSON.stringify(value, null, indent) ?? "null";
  return json.replace(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (character) =>
    [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}
