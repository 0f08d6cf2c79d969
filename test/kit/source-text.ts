// Reads TypeScript text just well enough to find its imports and to tell code from comments and strings.

/** One import: its specifier (empty when computed) and whether it brings types only. */
export type ImportFound = { readonly name: string; readonly typeOnly: boolean };

const STRING_OR_COMMENT =
  /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The text without its comments. */
export function codeOf(text: string): string {
  return text.replace(STRING_OR_COMMENT, (_, kept?: string) => kept ?? "");
}

/** Code (see `codeOf`) with its strings, templates and regular expressions emptied. */
export function withoutStrings(code: string): string {
  return code.replace(STRING_OR_COMMENT, '""');
}

/** Every `import … from`, `export … from`, bare `import "…"` and `import("…")` of a file. */
export function importsOf(text: string): ImportFound[] {
  const code = codeOf(text);
  const found: ImportFound[] = [];
  for (const [, type, name = ""] of code.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;"'`()]*?\bfrom\s*["']([^"']+)["']/gm)) {
    found.push({ name, typeOnly: type !== undefined });
  }
  for (const [, name = ""] of code.matchAll(/^\s*import\s*["']([^"']+)["']/gm)) found.push({ name, typeOnly: false });
  for (const [, name = ""] of code.matchAll(/\bimport\(\s*(?:["']([^"']*)["']\s*[,)])?/g)) found.push({ name, typeOnly: false });
  return found;
}
