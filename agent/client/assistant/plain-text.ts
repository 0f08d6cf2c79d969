// Text from a cluster on its way to a language model: one line, nothing invisible, no longer than said, and no way out of its frame.
import { UNTRUSTED_NOTICE } from "../../protocol/assistant-tools.ts";

const TAG = "untrusted-cluster-data";

// Whatever a model could read as the end, or another beginning, of the frame.
const FRAME_LIKE = /<(?=[\s/]*untrusted)/gi;

// Format characters hide text from people that models still read (tag characters, zero-width, bidirectional overrides).
const SPACES = /[\s\p{Cc}\u2028\u2029]+/gu;
const INVISIBLE = /[\p{Cf}\p{Co}\p{Cs}\p{Cn}]/gu;

// A cut may fall within a character of two code units.
const HALF_CHARACTER = /[\ud800-\udbff]$/;

/** The text in one line of at most `max` characters, with a mark where it was cut. */
export function plain(text: string, max: number): string {
  // Enough to fill `max` after cleaning; a log line of a megabyte is not cleaned whole.
  const clean = text
    .slice(0, 4 * max + 100)
    .replace(SPACES, " ")
    .replace(INVISIBLE, "")
    .replace(FRAME_LIKE, "‹")
    .trim();
  return clean.length <= max && text.length <= 4 * max + 100
    ? clean
    : `${clean
        .slice(0, Math.max(0, max - 1))
        .replace(HALF_CHARACTER, "")
        .trimEnd()}…`;
}

/** Lines of cluster data between marks that they cannot imitate, under the notice that they are no instructions. */
export function framed(lines: readonly string[]): string {
  return [UNTRUSTED_NOTICE, `<${TAG}>`, ...lines, `</${TAG}>`].join("\n");
}
