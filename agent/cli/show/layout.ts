// Lines for a terminal: wrapped at words, hanging under their mark, and columns that line up.

/** Where the first line and those after it begin. */
export type Indent = { readonly first: string; readonly rest: string };

/** Wraps a text to lines of at most `width` characters, indents included. A word that is too long (a path, an image) stays whole. */
export function wrap(text: string, width: number, indent: Indent = { first: "", rest: "" }): string[] {
  const lines: string[] = [];
  let line = indent.first;
  let isEmpty = true;
  for (const word of text.split(" ").filter((part) => part !== "")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent.rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return isEmpty ? lines : [...lines, line];
}

/** Spaces. */
export function gap(count: number): string {
  return " ".repeat(count);
}

/** One indent for all lines. */
export function indented(count: number): Indent {
  return { first: gap(count), rest: gap(count) };
}

/** A list's mark, with the text hanging beside it. */
export function hanging(before: number, mark: string): Indent {
  return { first: `${gap(before)}${mark} `, rest: gap(before + mark.length + 1) };
}

/** Rows under a head, columns as wide as needed; the last column takes what is left of `width`, cut with a mark. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const last = head.length - 1;
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + 2, 0);
  const room = Math.max(20, width - before);
  return [head, ...rows].map((row) => {
    const cells = head.map((_, column) => {
      const cell = row[column] ?? "";
      if (column < last) return cell.padEnd((widths[column] ?? 0) + 2);
      return cell.length > room ? `${cell.slice(0, room - 1)}…` : cell;
    });
    return cells.join("").trimEnd();
  });
}
