// docs/cli.md and the command line agree, both ways.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "../../../agent/cli/exit-codes.ts";
import { buildProgram } from "../../../agent/cli/program.ts";
import { fakeTerminal } from "./run-kgroot.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8");

const nowhere = fakeTerminal();

test("every command is on the page with its own options, and no other", () => {
  const { commands } = buildProgram(nowhere, () => undefined);
  const told = [...PAGE.matchAll(/^\| `kgroot ([\w-]+)/gm)].map(([, name]) => name ?? "");
  assert.deepEqual(told.sort(), commands.map((command) => command.name()).sort());
  for (const command of commands) {
    const line = PAGE.split("\n").find((one) => new RegExp(`^\\| \`kgroot ${command.name()}[ \`]`).test(one)) ?? "";
    const own = command.options.filter(({ helpGroupHeading, hidden }) => helpGroupHeading === undefined && !hidden);
    const shared = ["--output", "--cluster", "--full"];
    const missing = own.flatMap(({ long }) => (long && !shared.includes(long) && !line.includes(`${long}`) ? [long] : []));
    assert.deepEqual(missing, [], `options of ${command.name()}`);
  }
});

test("every command has examples in its help", () => {
  for (const command of buildProgram(nowhere, () => undefined).commands) {
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    assert.match(help, /Examples:\n {2}\S/, command.name());
    assert.ok(command.description().length > 10);
  }
});

test("the exit codes on the page are those of the program", () => {
  const told = [...PAGE.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(
    told.sort((a, b) => a - b),
    Object.values(EXIT).sort((a, b) => a - b),
  );
});
