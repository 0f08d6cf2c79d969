// The extension in a real VS Code: from the welcome view over the demo to every command, a crash, a wrong token. The steps build on each other.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe } from "node:test";
import type { Locator, Page } from "playwright-core";
import { startTestApi } from "../kit/start-api.ts";
import { isAlive, agentPid as pidIn, steps } from "./steps.ts";
import {
  answer,
  answerFile,
  openView,
  paletteTitles,
  pick,
  runAnyCommand,
  runCommand,
  startWorkbench,
  told,
  treeRows,
  type Workbench,
  webview,
} from "./workbench.ts";

const CAUSE = "ConfigMap shop/shop-config";
const TITLE = `${CAUSE}: a setting that sizes memory was changed`;

let workbench: Workbench;
let page: Page;
const { step, until, shot } = steps(() => page);

before(
  async () => {
    workbench = await startWorkbench({ theme: "Dark Modern", samples: ["samples/bad-rollout.jsonl.gz"] });
    ({ page } = workbench);
  },
  { timeout: 300_000 },
);

after(async () => workbench?.stop(), { timeout: 60_000 });

const row = (text: string): Locator => treeRows(page).filter({ hasText: text }).first();
const incidentRow = (): Locator => treeRows(page).filter({ hasText: "shop/shop-config" }).filter({ hasText: / hit/ }).first();
const item = (text: string): Locator => page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text }).first();
const dialog = (): Locator => page.locator(".monaco-dialog-box");

const graphTab = (): Locator => page.locator(".tabs-container .tab").filter({ hasText: CAUSE });

/** Clicks on the incident until its graph has a tab: a tree that is drawn anew just then lets the click pass. */
async function openGraph(): Promise<void> {
  await until("the graph has a tab", async () => {
    await incidentRow().click();
    return graphTab()
      .waitFor({ timeout: 10_000 })
      .then(
        () => true,
        () => false,
      );
  });
}

/** The agent that the windows share. */
const agentPid = (kind: string): number => pidIn(workbench.globalStorage, kind);

describe("the extension", { concurrency: false }, () => {
  step("the welcome view offers the ways in, and the palette only what can work", async () => {
    await openView(page);
    const welcome = page.locator(".welcome-view-content");
    for (const text of ["Try the Demo", "watch a cluster", "connect to an agent", "start an agent"])
      await welcome.getByText(text).first().waitFor();
    await shot("welcome");
    const titles = await paletteTitles(page, "kgroot:", "Try the Demo");
    for (const word of ["Clean Up", "Stop the Agent", "Explain", "Disconnect"])
      assert.ok(!titles.some((title) => title.includes(word)), word);
  });

  step("the demo shows its incident, with badge and status", async () => {
    await page.locator(".welcome-view-content").getByText("Try the Demo").click();
    await incidentRow().waitFor();
    await page.locator(".activitybar .badge-content").filter({ hasText: "1" }).first().waitFor();
    await page.locator("#kgroot\\.kgroot\\.kgroot, .statusbar-item").filter({ hasText: "kgroot: 1" }).first().waitFor();
    await row("What could not be seen").waitFor();
    await shot("tree");
  });

  step("a click on the incident draws its graph, a click on a node shows its evidence", async () => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy|content-security/i.test(message.text())) complaints.push(message.text());
    });
    await openGraph();
    const graph = webview(page);
    await graph.locator("g.node").first().waitFor();
    await graph.getByRole("heading", { level: 1, name: TITLE }).waitFor();
    assert.equal(await graph.locator(".side").isVisible(), false);
    await shot("graph");
    await graph.locator("g.node").filter({ hasText: "MemorySettingChanged" }).first().click();
    await graph.getByText("kubectl -n shop get configmap/shop-config").first().waitFor();
    await shot("graph-node");
    // The style sheet that VS Code itself puts in is let through by its own rules; ours must not be among what is refused.
    assert.deepEqual(
      complaints.filter((text) => text.includes("kgroot")),
      [],
    );
    await incidentRow().click();
    assert.equal(await graphTab().count(), 1);
  });

  step("the incident is explained as a document", async () => {
    await runCommand(page, "Explain Incident");
    await webview(page).getByRole("heading", { name: "Other hypotheses" }).waitFor();
    await webview(page).getByText("kubectl -n shop get configmap/shop-config").first().waitFor();
    await shot("explanation");
  });

  step("health check and statistics are documents", async () => {
    await runCommand(page, "Health Check");
    await webview(page).getByRole("heading", { name: "Health check" }).waitFor();
    await shot("doctor");
    await runCommand(page, "Statistics");
    await webview(page).getByRole("heading", { name: "Resources by kind" }).waitFor();
  });

  step("cleaning up begins with a dry run and removes nothing without a yes", async () => {
    await runCommand(page, "Clean Up the Store");
    await answer(page, "0.04");
    await dialog()
      .filter({ hasText: /\d+ events/ })
      .waitFor();
    await shot("cleanup");
    await dialog().getByText("Cancel").click();
    await dialog().waitFor({ state: "detached" });
    await runCommand(page, "Refresh Incidents");
    await incidentRow().waitFor();
    await runCommand(page, "Clean Up the Store");
    await answer(page, "3000");
    await told(page, "There is nothing older than 3000 days");
  });

  step("indexes are listed, dropped after a question, and created again", async () => {
    await runCommand(page, "Manage Indexes");
    await item("episodic_reason").waitFor();
    await shot("indexes");
    await pick(page, "episodic_reason");
    await dialog().getByText("Drop", { exact: true }).click();
    await told(page, "Dropped: episodic_reason");
    await runCommand(page, "Manage Indexes");
    await pick(page, "Create what is missing");
    await told(page, "Created: episodic_reason");
    await runCommand(page, "Manage Indexes");
    await pick(page, "Rebuild all");
    await told(page, /Rebuilt: .*episodic_reason/);
  });

  step("the store is backed up and restored", async () => {
    const file = join(dirname(workbench.folder), "demo.backup");
    await runCommand(page, "Back Up the Store");
    await answerFile(page, file);
    await told(page, /Backed up \d+ rows/);
    assert.ok(existsSync(file));
    await runCommand(page, "Restore the Store");
    await answerFile(page, file);
    await dialog().getByText("Replace", { exact: true }).click();
    await told(page, /Restored \d+ rows/);
    await incidentRow().waitFor();
  });

  step("a recording is replayed", async () => {
    await runCommand(page, "Replay a Recording");
    await answerFile(page, join(workbench.folder, "bad-rollout.jsonl.gz"));
    await told(page, /\d+ records replayed/);
  });

  step("the tree is grouped and filtered", async () => {
    await runCommand(page, "Group Incidents By");
    await pick(page, "Namespace");
    await treeRows(page).filter({ hasText: /^shop/ }).first().waitFor();
    await runCommand(page, "Filter Incidents");
    await answer(page, "nothing like this");
    await page.getByText("No incident matches.").waitFor();
    await runCommand(page, "Clear Filter");
    await incidentRow().waitFor();
    await runCommand(page, "Group Incidents By");
    await pick(page, "Severity");
    await row("FATAL").waitFor();
  });

  step("the tree is sorted, and its timeline unfolds", async () => {
    await runCommand(page, "Sort Incidents By");
    await pick(page, "The surest first");
    await incidentRow().waitFor();
    await incidentRow().locator(".monaco-tl-twistie").click();
    await row("Timeline").locator(".monaco-tl-twistie").click();
    await treeRows(page)
      .filter({ hasText: /\d+:\d\d.*MemorySettingChanged/ })
      .first()
      .waitFor();
    await shot("tree-timeline");
    await incidentRow().locator(".monaco-tl-twistie").click();
  });

  step("an incident is acknowledged: tree and graph say so, and it can be taken back", async () => {
    await runCommand(page, "Acknowledge Incident");
    await pickIncident();
    await incidentRow().filter({ hasText: "acknowledged" }).waitFor();
    await openGraph();
    await webview(page).locator(".status-line .flag").filter({ hasText: "acknowledged" }).waitFor();
    await shot("acknowledged");
    await webview(page).getByRole("button", { name: "Take back acknowledgement" }).click();
    await incidentRow().filter({ hasNotText: "acknowledged" }).waitFor();
    await runAnyCommand(page, "View: Close All Editors");
  });

  step("metrics and the support bundle open as texts", async () => {
    await runCommand(page, "Open Metrics");
    await page.locator(".monaco-editor .view-line").filter({ hasText: "process_cpu_user_seconds_total" }).first().waitFor();
    const file = join(workbench.folder, "support.json");
    await runCommand(page, "Save a Support Bundle");
    await answerFile(page, file);
    await told(page, "Read it before you send it");
    const bundle = JSON.parse(readFileSync(file, "utf8"));
    assert.equal(bundle.extension.agent, "demo");
    assert.ok(bundle.agent.counts.resources > 0);
    assert.ok(!JSON.stringify(bundle).includes("shop"), "no namespace is told");
    await runAnyCommand(page, "View: Close All Editors");
  });

  step("a cause is confirmed, and the kubectl command of its evidence copied", async () => {
    await runCommand(page, "Confirm Root Cause");
    await pickIncident();
    await pick(page, "MemorySettingChanged");
    await page.locator(".statusbar-item").filter({ hasText: "Confirmed as root cause" }).waitFor();
    await runCommand(page, "Copy kubectl Command");
    await pickIncident();
    await pick(page, "kubectl -n shop get configmap/shop-config");
    await page.locator(".statusbar-item").filter({ hasText: "Copied: kubectl" }).waitFor();
    assert.match(await page.evaluate<string>("navigator.clipboard.readText()"), /^kubectl -n shop get configmap\/shop-config/);
  });

  step("an incident is muted and comes back", async () => {
    await runCommand(page, "Mute…");
    await pickIncident();
    await pick(page, "Everything of ConfigMap");
    await pick(page, "1 hour");
    await answer(page, "known");
    await incidentRow().waitFor({ state: "detached" });
    await runCommand(page, "Take Back a Mute Rule");
    await pick(page, "ConfigMap");
    await incidentRow().waitFor();
  });

  step("a dump is analyzed from the explorer", async () => {
    await page.keyboard.press("Control+Shift+E");
    const file = page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: "bad-rollout" });
    const entry = page.locator(".monaco-menu .action-item").filter({ hasText: "Analyze a Dump" }).first();
    const report = webview(page).getByRole("heading", { name: "1 incident found" });
    // A menu that has just opened lets clicks pass without a word.
    await until("the report is there", async () => {
      await file.click({ button: "right" });
      await entry.hover();
      await page.waitForTimeout(500);
      await entry.click({ timeout: 5_000 }).catch(() => page.keyboard.press("Escape"));
      return report.waitFor({ timeout: 20_000 }).then(
        () => true,
        () => false,
      );
    });
    await shot("analysis");
    await openView(page);
  });

  step("a reload finds the same agent, the tree and the graph again", async () => {
    const pid = agentPid("demo");
    await runAnyCommand(page, "View: Close All Editors");
    await openGraph();
    await webview(page).locator("g.node").first().waitFor();
    await workbench.reload();
    await webview(page).locator("g.node").first().waitFor();
    await incidentRow().waitFor();
    assert.equal(agentPid("demo"), pid);
  });

  for (const [theme, kind] of [
    ["Light Modern", "vscode-light"],
    ["Dark High Contrast", "vscode-high-contrast"],
    ["Light High Contrast", "vscode-high-contrast-light"],
    ["Dark Modern", "vscode-dark"],
  ] as const) {
    step(`the graph follows the theme ${theme}`, async () => {
      await page.keyboard.press("Control+K");
      await page.keyboard.press("Control+T");
      await pick(page, theme);
      await webview(page).locator(`body.${kind}`).waitFor();
      await webview(page).locator("g.node").first().waitFor();
      await shot(`theme ${theme}`);
    });
  }

  step("an agent that crashes is started again, and nothing is lost", async () => {
    const pid = agentPid("demo");
    process.kill(pid, "SIGKILL");
    await until("another agent runs", () => agentPid("demo") !== pid && isAlive(agentPid("demo")));
    await page.locator(".statusbar-item").filter({ hasText: "kgroot: 1" }).first().waitFor();
    await incidentRow().waitFor();
    await webview(page).getByText("Live").first().waitFor();
  });

  step("an agent that is stopped ends, and the welcome view is back", async () => {
    const pid = agentPid("demo");
    await runCommand(page, "Stop the Agent");
    await page.locator(".welcome-view-content").getByText("Try the Demo").waitFor();
    await until("its process has ended", () => !isAlive(pid));
    assert.equal(agentPid("demo"), 0);
  });

  step("this machine's agent is started, restarted, and left", async () => {
    await runCommand(page, "Start the Agent on This Machine");
    await page.getByText("No incident in what the agent has seen").first().waitFor();
    await shot("nothing-wrong");
    const pid = agentPid("local");
    await runCommand(page, "Restart the Agent");
    await until("another agent runs", () => agentPid("local") !== pid && isAlive(agentPid("local")));
    await page.locator(".statusbar-item").filter({ hasText: "kgroot: 0" }).first().waitFor();
    const second = agentPid("local");
    await runCommand(page, "Disconnect");
    await page.locator(".welcome-view-content").getByText("Try the Demo").waitFor();
    await until("it ended because no window needs it", () => !isAlive(second));
  });

  step("a cluster is watched by its context, and one that cannot be seen is no all-clear", async () => {
    await runCommand(page, "Watch a Cluster");
    await item("staging").waitFor();
    await shot("contexts");
    await pick(page, "prod");
    await told(page, /watch of cluster prod/);
    await shot("cluster-not-seen");
    await runCommand(page, "Disconnect");
    await page.locator(".welcome-view-content").getByText("Try the Demo").waitFor();
  });

  step("an agent elsewhere: nobody there, a wrong token, then a viewer's", async (t) => {
    await runCommand(page, "Connect to an Agent");
    await answer(page, "127.0.0.1:9");
    await page
      .getByText(/Nothing answers at/)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    const tokens = [{ role: "viewer", token: "viewer-token" }] as const;
    const api = await startTestApi(t, undefined, { tokens: [...tokens], bodyBytesMax: 1_000_000 });
    await runCommand(page, "Connect to an Agent");
    await answer(page, api.address);
    await page.getByText("The agent wants a token").first().waitFor();
    await answer(page, "wrong");
    await page.getByText("does not accept this token").first().waitFor();
    await shot("wrong-token");
    await answer(page, "viewer-token");
    await page
      .locator(".statusbar-item")
      .filter({ hasText: /kgroot: \d/ })
      .first()
      .waitFor();
    await treeRows(page).filter({ hasText: / hit/ }).first().waitFor();
    await shot("remote");
    const titles = await paletteTitles(page, "kgroot:", "Health Check");
    for (const word of ["Clean Up", "Mute", "Stop the Agent"]) assert.ok(!titles.some((title) => title.includes(word)), word);
    await api.stop();
    await page.getByText("What is shown may be old.").first().waitFor();
    await treeRows(page).filter({ hasText: / hit/ }).first().waitFor();
    await shot("stale");
    await runCommand(page, "Disconnect");
    await page.locator(".welcome-view-content").getByText("Try the Demo").waitFor();
  });
});

/** When no graph is in front, commands ask which incident is meant. */
async function pickIncident(): Promise<void> {
  await pick(page, TITLE);
}
