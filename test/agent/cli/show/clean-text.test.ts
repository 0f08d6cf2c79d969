// Nothing that a cluster says reaches the terminal as a command to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanText, safeJson, shortText } from "../../../../agent/cli/show/clean-text.ts";
import { code, prose } from "../../../../agent/cli/show/incident-markdown.ts";

const DANGEROUS = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

const CASES: readonly (readonly [name: string, text: string, clean: string])[] = [
  ["a colour", "\u001b[31mred\u001b[0m", "red"],
  ["a window title", "a\u001b]0;owned\u0007b", "ab"],
  ["a cleared screen by C1", "a\u009b2Jb", "ab"],
  ["a carriage return that would overwrite the line", "bad\rgood", "bad good"],
  ["line breaks and tabs", "one\n\ttwo", "one two"],
  ["text that runs backwards", "a\u202egnp.exe", "agnp.exe"],
  ["invisible letters", "ad\u200bmin", "admin"],
  ["a letter of another script", "größe 東京", "größe 東京"],
];

for (const [name, text, clean] of CASES) {
  test(`${name} is made harmless`, () => assert.equal(cleanText(text), clean));
}

test("whatever comes in, no control or format character comes out, and JSON stays the same value", () => {
  const hostile = fc.string({ unit: fc.constantFrom("a", " ", "\u001b", "[", "3", "m", "\u009b", "\u202e", "\u0007", "\n", "\u{e0041}") });
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(cleanText(text), DANGEROUS);
      assert.doesNotMatch(safeJson({ text }, 0), DANGEROUS);
      assert.deepEqual(JSON.parse(safeJson({ text })), { text });
    }),
  );
});

test("a long text is cut with a mark", () => {
  assert.equal(shortText("abcdef", 4), "abc…");
  assert.equal(shortText("abcd", 4), "abcd");
});

test("Markdown of hostile text makes no link, no markup and no mention", () => {
  assert.equal(prose("[click](http://evil) <b> @team #1"), "\\[click\\]\\(http://evil\\) \\<b\\> @\u200bteam #\u200b1");
  assert.equal(code("a `` b"), "``` a `` b ```");
  assert.equal(code("plain"), "`plain`");
});
