// A workspace that is not trusted: nothing is started, nothing is offered, until the person trusts it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe } from "node:test";
import type { Page } from "playwright-core";
import { steps } from "./steps.ts";
import { openView, paletteTitles, runAnyCommand, startWorkbench, treeRows, type Workbench } from "./workbench.ts";

let workbench: Workbench;
let page: Page;
const { step, shot } = steps(() => page);

before(
  async () => {
    workbench = await startWorkbench({ theme: "Dark Modern", trust: "ask" });
    ({ page } = workbench);
  },
  { timeout: 300_000 },
);

after(async () => workbench?.stop(), { timeout: 60_000 });

describe("a workspace that is not trusted", { concurrency: false }, () => {
  step("the view says that nothing is started, and how to change that", async () => {
    await openView(page);
    await page.locator(".welcome-view-content").getByText("starts nothing in a workspace that is not trusted").waitFor();
    assert.equal(await page.locator(".welcome-view-content").getByText("Try the Demo").count(), 0);
    await shot("untrusted");
  });

  step("the palette offers nothing that would start or connect, and no agent runs", async () => {
    const titles = await paletteTitles(page, "kgroot:", "Open Logs");
    for (const word of ["Try the Demo", "Watch a Cluster", "Connect to", "Start the Agent", "Analyze"])
      assert.ok(!titles.some((title) => title.includes(word)), word);
    for (const kind of ["demo", "local"]) assert.equal(existsSync(`${workbench.globalStorage}/${kind}`), false);
  });

  step("once it is trusted, the ways in are there and the demo runs", async () => {
    await runAnyCommand(page, "Workspaces: Manage Workspace Trust");
    await page.getByRole("button", { name: "Trust", exact: true }).first().click();
    await openView(page);
    await page.locator(".welcome-view-content").getByText("Try the Demo").click();
    await treeRows(page).filter({ hasText: "shop/shop-config" }).first().waitFor();
  });
});
