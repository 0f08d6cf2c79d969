// docs/settings.md lists every setting and no other, with the words of the schema; UPDATE=1 rewrites the table.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { SETTINGS } from "../../../agent/config/setting-list.ts";

const PAGE = new URL("../../../docs/settings.md", import.meta.url);
const TABLE = /^\| setting .*\n\|[-| ]+\n(?:\|.*\n)*/m;

test("the table of settings and the schema agree, both ways", () => {
  const rows = SETTINGS.map(({ path, variable, schema, expected, description }) => {
    const fallback = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
    return `| \`${path}\` | \`${variable}\` | ${expected} | ${fallback} | ${description} |`;
  });
  const table = ["| setting | variable | what it may be | default | meaning |", "|---|---|---|---|---|", ...rows, ""].join("\n");
  const page = readFileSync(PAGE, "utf8");
  if (process.env["UPDATE"])
    writeFileSync(
      PAGE,
      page.replace(TABLE, () => table),
    );
  else assert.equal(TABLE.exec(page)?.[0], table);
});
