// package.json and the code name the same commands, views, settings, colours and keys; every text of the manifest and of the code can be translated.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import * as names from "../../extension/contributions.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const { contributes } = manifest;

const sorted = (list: Iterable<string>) => [...new Set(list)].sort();
const ids = (list: readonly { command: string }[]) => sorted(list.map(({ command }) => command));

test("every command of the code is in the manifest, and the other way round", () => {
  assert.deepEqual(ids(contributes.commands), sorted(Object.values(names.COMMANDS)));
});

test("every command is registered once", () => {
  const registered = [...read("extension/extension.ts").matchAll(/^ {4}\[COMMANDS\.(\w+),/gm)].map(([, name]) => name ?? "");
  assert.deepEqual(registered.sort(), Object.keys(names.COMMANDS).sort());
});

test("menus, welcome texts and walkthrough name only commands that exist", () => {
  const known = new Set<string>(Object.values(names.COMMANDS));
  for (const [menu, entries] of Object.entries<{ command: string }[]>(contributes.menus))
    for (const { command } of entries) assert.ok(known.has(command), `${menu}: ${command}`);
  const linked = [...read("package.nls.json").matchAll(/\(command:([\w.]+)\)/g)].map(([, command]) => command ?? "");
  for (const command of linked) assert.ok(known.has(command) || command === "workbench.trust.manage", command);
});

test("view, settings, colours, panel and link scheme agree", () => {
  assert.deepEqual(
    contributes.views.kgroot.map(({ id }: { id: string }) => id),
    [names.INCIDENTS_VIEW],
  );
  const settings = Object.values(names.SETTINGS).map((name) => `kgroot.${name}`);
  assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(settings));
  assert.deepEqual(sorted(contributes.colors.map(({ id }: { id: string }) => id)), sorted(Object.values(names.COLOURS)));
  assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${names.GRAPH_PANEL}`));
  assert.equal(`${manifest.publisher}.${manifest.name}`, names.EXTENSION_ID);
});

test("when clauses use only the keys that the code sets, and its item kinds", () => {
  const text = JSON.stringify(contributes);
  const used = [...text.matchAll(/kgroot\.(\w+)(?= (?:==|!=|=~|&&)|")/g)].map(([key]) => key);
  const keys = new Set<string>(Object.values(names.CONTEXTS));
  const others = new Set<string>([
    ...Object.values(names.COMMANDS),
    ...Object.values(names.COLOURS),
    names.GRAPH_PANEL,
    names.INCIDENTS_VIEW,
  ]);
  const settings = new Set(Object.values(names.SETTINGS).map((name) => `kgroot.${name.split(".")[0]}`));
  for (const key of used) assert.ok(keys.has(key) || others.has(key) || settings.has(key) || key === "kgroot.start", key);
  const kinds = [...text.matchAll(/viewItem == (\w+)/g), ...text.matchAll(/viewItem =~ \/\^\((.*?)\)\$/g)].flatMap(([, kind]) =>
    (kind ?? "").split("|"),
  );
  const known = new Set<string>(Object.values(names.ITEMS));
  for (const kind of kinds) assert.ok(known.has(kind), kind);
});

test("only agent-process.ts starts processes", () => {
  const files = globSync("extension/**/*.ts", { cwd: ROOT }).filter((file) => read(file).includes("node:child_process"));
  assert.deepEqual(files, [join("extension", "session", "agent-process.ts")]);
});

test("settings that name a path are held back in a workspace that is not trusted, and every setting is explained", () => {
  const properties: Record<string, { markdownDescription: string; scope: string }> = contributes.configuration.properties;
  assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ["kgroot.agent.configFile"]);
  for (const [name, { markdownDescription, scope }] of Object.entries(properties)) {
    assert.match(markdownDescription, /^%[\w.]+%$/, name);
    assert.ok(!name.startsWith("kgroot.agent.") || scope === "machine", `${name}: a repository must not set it`);
  }
  const page = read("docs/vscode.md");
  for (const name of Object.keys(properties)) assert.ok(page.includes(`\`${name}\``), `docs/vscode.md: ${name}`);
});

test("every text of the manifest has its words, none is left over, and every picture is there", () => {
  const used = sorted([...read("package.json").matchAll(/%([\w.]+)%/g)].map(([, key]) => key ?? ""));
  assert.deepEqual(used, sorted(Object.keys(JSON.parse(read("package.nls.json")))));
  for (const [, picture] of read("package.json").matchAll(/"(media\/[\w.-]+)"/g)) assert.ok(existsSync(join(ROOT, picture ?? "")), picture);
});

test("the bundle for translators holds every text of the code (UPDATE=1 writes it)", () => {
  const texts = globSync("extension/**/*.ts", { cwd: ROOT }).flatMap((file) => textsIn(read(file)));
  const bundle = Object.fromEntries(sorted(texts).map((text) => [text, text]));
  const file = join(ROOT, "l10n/bundle.l10n.json");
  if (process.env["UPDATE"] === "1") writeFileSync(file, `${JSON.stringify(bundle, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), bundle);
});

function textsIn(source: string): string[] {
  const calls = [...source.matchAll(/l10n\.t\(\s*(["'])((?:(?!\1)[^\\]|\\.)*)\1/g)];
  const count = source.match(/l10n\.t\(/g)?.length ?? 0;
  assert.equal(calls.length, count, "l10n.t takes a text that is written out");
  return calls.map(([, , text]) => text ?? "");
}
