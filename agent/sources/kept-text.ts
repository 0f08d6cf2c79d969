// Text from a cluster as it may be kept: secrets masked, length bounded.
import { redactText } from "../platform/redaction.ts";
import { clip } from "./fields.ts";

/** A secret that the cut would halve must be seen whole to be known for one. */
const BEYOND_THE_CUT = 1024;

/** At most `lengthMax` characters, masked as a whole and (so that a heading does not hide what stands below it) line by line. */
export function keptText(text: string, lengthMax: number): string {
  const masked = redactText(clip(text, lengthMax + BEYOND_THE_CUT));
  return clip(masked.includes("\n") ? masked.split("\n").map(redactText).join("\n") : masked, lengthMax);
}
