// Manifests and assistants in a real VS Code: the demo's incident marks the YAML that defines its cause, leads there and back; and another extension calls kgroot's tools.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe } from "node:test";
import type { Locator, Page } from "playwright-core";
import { steps } from "./steps.ts";
import { CODE_SERVER, openView, pick, runAnyCommand, runCommand, startWorkbench, treeRows, type Workbench } from "./workbench.ts";

const ROOT = dirname(dirname(import.meta.dirname));

const MANIFESTS = `# What the recorded cluster runs.
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop-config
  namespace: shop
data:
  MEM_LIMIT_MB: "4096"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: shop
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: app
          image: registry.test/shop:1.5.0
          resources:
            limits:
              memory: 256Mi
`;

const PROBE_CODE = `
const vscode = require("vscode");
const { writeFileSync } = require("node:fs");
exports.activate = (context) => context.subscriptions.push(vscode.commands.registerCommand("probe.ask", async () => {
  const answer = { tools: vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith("kgroot_")) };
  try {
    const result = await vscode.lm.invokeTool("kgroot_list_incidents", { input: { state: "any" }, toolInvocationToken: undefined });
    answer.text = result.content.map(({ value }) => value).join("");
  } catch (error) {
    answer.error = String(error);
  }
  writeFileSync(vscode.workspace.workspaceFolders[0].uri.fsPath + "/probe.json", JSON.stringify(answer));
}));
`;

let workbench: Workbench;
let page: Page;
const { step, until, shot } = steps(() => page);

/** An extension of somebody else, installed beside ours. */
function installProbe(home: string): void {
  const folder = join(home, "probe");
  mkdirSync(folder);
  const manifest = {
    name: "probe",
    publisher: "probe",
    version: "1.0.0",
    engines: { vscode: "^1.100.0" },
    main: "./main.js",
    contributes: { commands: [{ command: "probe.ask", title: "Probe: Ask" }] },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "main.js"), PROBE_CODE);
  const vsix = join(home, "probe.vsix");
  const vsce = join(ROOT, "node_modules/@vscode/vsce/vsce");
  run([vsce, "package", "--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", vsix], folder);
  run(
    [CODE_SERVER, "--user-data-dir", join(home, "data"), "--extensions-dir", join(home, "extensions"), "--install-extension", vsix],
    folder,
  );
}

function run(args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

before(
  async () => {
    workbench = await startWorkbench({ theme: "Dark Modern" });
    ({ page } = workbench);
    writeFileSync(join(workbench.folder, "shop.yaml"), MANIFESTS);
    installProbe(dirname(workbench.folder));
    await workbench.reload();
  },
  { timeout: 300_000 },
);

after(async () => workbench?.stop(), { timeout: 60_000 });

const incidentRow = (): Locator => treeRows(page).filter({ hasText: "shop/shop-config" }).filter({ hasText: / hit/ }).first();
const lens = (text: string): Locator => page.locator(".codelens-decoration").filter({ hasText: text }).first();

describe("manifests and assistants", { concurrency: false }, () => {
  step("from the incident to the manifest of its root cause, which is marked at the key that was changed", async () => {
    await openView(page);
    await page.locator(".welcome-view-content").getByText("Try the Demo").click();
    await incidentRow().waitFor();
    await runCommand(page, "Go to Manifest");
    await pick(page, "shop-config");
    await page.locator(".tabs-container .tab").filter({ hasText: "shop.yaml" }).waitFor();
    await lens("root cause of ConfigMap shop/shop-config").waitFor();
    await lens("hit by ConfigMap shop/shop-config").waitFor();
    await page.locator(".squiggly-error").first().waitFor();
    await runAnyCommand(page, "View: Focus Problems");
    const problem = page.locator(".markers-panel .monaco-list-row");
    await problem
      .filter({ hasText: /Root cause, \d+ % sure, of: ConfigMap/ })
      .filter({ hasText: "[Ln 8, Col 17]" })
      .first()
      .waitFor();
    await problem.filter({ hasText: "Hit by: ConfigMap" }).filter({ hasText: "[Ln 24, Col 23]" }).first().waitFor();
    await shot("manifest");
  });

  step("the marks follow what is typed", async () => {
    await page.locator(".monaco-editor .view-line").first().click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("# one more line\n");
    const problem = page.locator(".markers-panel .monaco-list-row");
    await problem.filter({ hasText: "Root cause" }).filter({ hasText: "[Ln 9, Col 17]" }).first().waitFor();
  });

  step("the code lens leads back to the incident", async () => {
    await lens("root cause of").click();
    await page.locator(".tabs-container .tab").filter({ hasText: "ConfigMap shop/shop-config" }).waitFor();
  });

  step("another extension's model may call the tools, and is answered from the connected agent", async () => {
    await runAnyCommand(page, "Probe: Ask");
    const file = join(workbench.folder, "probe.json");
    await until("the tools were asked", () => existsSync(file));
    const { tools, text, error } = JSON.parse(readFileSync(file, "utf8"));
    assert.equal(error, undefined);
    assert.equal(tools.length, 5);
    assert.match(text, /untrusted data[\s\S]*ConfigMap shop\/shop-config/);
  });

  step("without the incident there are no marks", async () => {
    await page.locator(".tabs-container .tab").filter({ hasText: "shop.yaml" }).click();
    await lens("root cause of").waitFor();
    await runCommand(page, "Stop the Agent");
    await lens("root cause of").waitFor({ state: "detached" });
    await page.locator(".markers-panel").getByText("No problems have been detected").waitFor();
  });
});
