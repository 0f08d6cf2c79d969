// Offsets of a text as VS Code's lines and columns.
import { Position, Range } from "vscode";
import type { Span } from "./field-position.ts";

/** The span's range. */
export function rangeOf(text: string, { start, end }: Span): Range {
  return new Range(positionOf(text, start), positionOf(text, end));
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return new Position(before.length - 1, before.at(-1)?.length ?? 0);
}
