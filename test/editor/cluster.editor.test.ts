// A cluster that answers, watched from the editor: its objects and logs are read live, it is recorded, and a link leads to its incident.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Locator, Page } from "playwright-core";
import { startToyCluster, type ToyCluster } from "../kit/toy-cluster.ts";
import { steps } from "./steps.ts";
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

let toy: ToyCluster;
let workbench: Workbench;
let page: Page;
const { step, until, shot } = steps(() => page);

before(
  async () => {
    toy = await startToyCluster();
    workbench = await startWorkbench({ theme: "Light Modern", kubeconfig: readFileSync(toy.kubeconfig, "utf8") });
    ({ page } = workbench);
  },
  { timeout: 300_000 },
);

after(
  async () => {
    await workbench?.stop();
    await toy?.stop();
  },
  { timeout: 60_000 },
);

const incidentRow = (): Locator => treeRows(page).filter({ hasText: "web-1" }).filter({ hasText: / hit/ }).first();
const line = (text: string | RegExp): Locator => page.locator(".monaco-editor .view-line").filter({ hasText: text }).first();

/** The commands ask which incident is meant when no graph is in front. */
const pickIncident = () => pick(page, "web-1");

describe("a cluster in the editor", { concurrency: false }, () => {
  step("it is watched, and what is wrong there is an incident", async () => {
    await openView(page);
    await runCommand(page, "Watch a Cluster");
    await pick(page, "toy");
    await incidentRow().waitFor();
    await shot("cluster");
  });

  step("an object is opened as the API server has it now, secrets masked, read only", async () => {
    await runCommand(page, "Open Live Object");
    await pickIncident();
    await pick(page, "Pod shop/web-1");
    await line("CrashLoopBackOff").waitFor();
    await shot("live-object");
    assert.equal(await line("hunter2").count(), 0);
    await page.locator(".monaco-editor .view-lines").first().click();
    await page.keyboard.type("x");
    await page.getByText("Cannot edit in read-only editor").first().waitFor();
    await page.keyboard.press("Escape");
    await runAnyCommand(page, "View: Close All Editors");
  });

  step("the log of the pod's container that is in trouble is opened", async () => {
    await runCommand(page, "Open Pod Log");
    await pickIncident();
    await pick(page, "The log of the present run");
    await line("panic: out of memory").waitFor();
    assert.equal(await line("hunter2").count(), 0);
    await shot("pod-log");
    await runAnyCommand(page, "View: Close All Editors");
  });

  step("the cluster is recorded until that is stopped, and the palette offers what can be done next", async () => {
    const file = join(workbench.folder, "toy.jsonl.gz");
    await runCommand(page, "Record the Clusters");
    await answerFile(page, file);
    await told(page, "Recording into");
    assert.ok(!(await paletteTitles(page, "kgroot: Record", "Stop Recording")).some((title) => title.includes("Record the Clusters")));
    await runCommand(page, "Stop Recording");
    await told(page, /\d+ records, \d+ bytes, in/);
    assert.match(gunzipSync(readFileSync(file)).toString("utf8"), /"name":"web-1"/);
  });

  step("a link opens the incident that it names, and says so when it names none", async () => {
    await openLink("incident/nothing?cluster=toy");
    await told(page, /there is no incident/);
    const graph = await incidentId();
    await openLink(`incident/${graph}?cluster=toy`);
    await webview(page).locator("g.node").first().waitFor();
    await shot("deep-link");
    await openLink("elsewhere");
    await told(page, "names no incident of kgroot");
  });

  step("an API server that goes away is told, and what was seen stays", async () => {
    await toy.stop();
    await until("the health check says it", async () => {
      await runCommand(page, "Health Check");
      return webview(page)
        .getByText(/watch of cluster toy.*(?:ECONNREFUSED|refused|fail)/)
        .first()
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        );
    });
    await incidentRow().waitFor();
  });
});

/** The incident's id, as its explanation tells it. */
async function incidentId(): Promise<string> {
  await runCommand(page, "Explain Incident");
  await pickIncident();
  const text = await webview(page)
    .locator("code")
    .filter({ hasText: /^[0-9a-f]{32}$/ })
    .first()
    .innerText();
  await runAnyCommand(page, "View: Close All Editors");
  return text;
}

/** As if another program had opened the link. VS Code asks whether the extension may. */
async function openLink(path: string): Promise<void> {
  await runAnyCommand(page, "Developer: Open URL");
  await answer(page, `code-server://kgroot.kgroot/${path}`);
  await page.locator(".monaco-dialog-box").getByText("Open", { exact: true }).click();
}
