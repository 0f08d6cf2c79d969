// Makes changes out of edits: one sentence each, who made it and when, bounded values, a command that shows it.
import type { Json, KubeObject } from "../domain/kube-object.ts";
import type { ChangeFound } from "../domain/signal.ts";
import { CHANGES, type ChangeReason } from "../knowledge/findings.ts";
import { editorOf, type LastEdit } from "./change-owners.ts";
import { bounded, fieldEvidence, getCommand } from "./finding.ts";

/** One edited thing. `what` names it in the sentence: `image of container app`. */
export type Edit = {
  readonly reason: ChangeReason;
  readonly path: string;
  /** The path as `managedFields` spells it, where that differs from `path`. */
  readonly owned?: string | undefined;
  readonly what: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Texts in the sentence are quoted: they are free text, not names or quantities. */
  readonly quoted?: boolean;
  /** Said at the end of the sentence. */
  readonly note?: string | undefined;
};

/** Longest value that a change keeps, in characters. */
export const VALUE_LENGTH_MAX = 200;

/** Most changes kept of one pair of versions: an object that differs in more places was replaced, and fifty say so. */
const CHANGES_MAX = 50;

/** The changes that these edits between two versions are. Fields that a partial version does not tell are not edits. */
export function changesFrom(before: KubeObject, after: KubeObject, edits: readonly Edit[]): readonly ChangeFound[] {
  const told = edits.filter((edit) => !(after.partial && edit.after === undefined) && !(before.partial && edit.before === undefined));
  return told.slice(0, CHANGES_MAX).map((edit) => changeFound(after, edit, editorOf(before, after, edit.owned ?? edit.path)));
}

/** A value in one line; a text between quotes if asked for or if it would not be seen otherwise. `absent` when there is none. */
export function valueText(value: Json | undefined, quoted: boolean): string {
  if (value === undefined || value === null) return "absent";
  if (typeof value !== "string") return bounded(JSON.stringify(value), VALUE_LENGTH_MAX);
  return quoted || value.trim() === "" ? JSON.stringify(bounded(value, VALUE_LENGTH_MAX - 2)) : bounded(value, VALUE_LENGTH_MAX);
}

function changeFound(after: KubeObject, edit: Edit, editor: LastEdit | undefined): ChangeFound {
  const { reason, path, what, quoted = false, note } = edit;
  const [formerValue, presentValue] = differingParts(edit.before, edit.after);
  const [former, present] = [valueText(formerValue, quoted), valueText(presentValue, quoted)];
  const values = former === present ? "" : `: ${former} → ${present}`;
  const by = [...(editor ? [`by ${editor.manager}`] : []), ...(note ? [note] : [])].join(", ");
  return {
    reason,
    discriminator: bounded(path, 253),
    message: bounded(`${what}${values}${by ? ` (${by})` : ""}`, 600),
    category: CHANGES[reason].category,
    ...(editor ? { atMs: editor.atMs } : {}),
    change: {
      path: bounded(path, 253),
      ...(edit.before === undefined ? {} : { before: former }),
      ...(edit.after === undefined ? {} : { after: present }),
      ...(editor ? { manager: editor.manager } : {}),
    },
    evidence: [fieldEvidence(after, path, values ? values.slice(2) : what, historyCommand(after))],
  };
}

function historyCommand(object: KubeObject): string {
  return getCommand(object, `${object.kind.toLowerCase()}/${object.metadata.name}`, "-o", "yaml", "--show-managed-fields");
}

/** Of two long texts only the lines that differ, so that a bounded value shows the edit and not the beginning of the file. */
function differingParts(before: Json | undefined, after: Json | undefined): readonly [Json | undefined, Json | undefined] {
  if (
    typeof before !== "string" ||
    typeof after !== "string" ||
    (!before.includes("\n") && Math.max(before.length, after.length) <= VALUE_LENGTH_MAX)
  )
    return [before, after];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end])
    end += 1;
  const from = Math.max(before.lastIndexOf("\n", start - 1) + 1, start - 60);
  const part = (text: string): string => {
    const last = text.length - end;
    const lineEnd = text.indexOf("\n", last);
    return text.slice(from, Math.min(lineEnd === -1 ? text.length : lineEnd, last + 60));
  };
  return [part(before), part(after)];
}
