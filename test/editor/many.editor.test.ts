// Two thousand open incidents: the tree shows a page of them, counts all, finds one, and stays where it is while they change.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { Incident } from "../../agent/domain/incident.ts";
import { fakeServices, incident } from "../kit/fake-services.ts";
import { startTestApi } from "../kit/start-api.ts";
import { steps } from "./steps.ts";
import { answer, openView, pick, runCommand, startWorkbench, treeRows, type Workbench } from "./workbench.ts";

const COUNT = 2_000;

const many: Incident[] = Array.from({ length: COUNT }, (_, at) => {
  const base = incident();
  const name = `settings-${String(at).padStart(4, "0")}`;
  const cause = { ...base.verdict.causes[0]!, subject: { ...base.verdict.causes[0]!.subject, name } };
  const verdict = { ...base.verdict, title: `ConfigMap shop/${name} was changed`, rootCause: cause, causes: [cause] };
  return incident({
    id: `inc-${at}` as Incident["id"],
    aliases: [],
    verdict,
    lastMs: base.lastMs + at,
    severity: at % 2 === 0 ? "ERROR" : "FATAL",
  });
});

const services = fakeServices({
  storeOverrides: {
    incidents: async ({ limit, cursor, state }) => {
      const from = Number(cursor ?? 0);
      const rows = state === "resolved" ? [] : many.slice(from, from + limit);
      return { rows, cursor: rows.length === limit && from + limit < COUNT ? String(from + limit) : undefined };
    },
    findIncidents: async (id) => many.filter((one) => one.id === id),
  },
});

let workbench: Workbench;
let page: Page;
const { step, until, shot } = steps(() => page);

before(
  async () => {
    workbench = await startWorkbench({ theme: "Dark Modern" });
    ({ page } = workbench);
  },
  { timeout: 300_000 },
);

after(async () => workbench?.stop(), { timeout: 60_000 });

const row = (text: string): Locator => treeRows(page).filter({ hasText: text }).first();

describe("many incidents", { concurrency: false }, () => {
  step("they are all counted, shown by the page, found by a word, and one that changes does not move the others", async (t) => {
    const api = await startTestApi(t, services);
    await openView(page);
    await runCommand(page, "Connect to an Agent");
    await answer(page, api.address);
    await page
      .locator(".statusbar-item")
      .filter({ hasText: `kgroot: ${COUNT}` })
      .first()
      .waitFor();
    await row("FATAL").filter({ hasText: "1000" }).waitFor();
    await shot("many");
    await runCommand(page, "Group Incidents By");
    await pick(page, "Not at all");
    await row("settings-1999").waitFor();
    assert.ok((await treeRows(page).count()) < 100, "only what is on the screen is drawn");
    await row("settings-1999").click({ button: "right" });
    await page.keyboard.press("Escape");
    await treeRows(page).first().press("End");
    await row("Show more (1900 hidden)").click();
    await row("settings-1801").or(row("settings-1799")).first().waitFor();
    await runCommand(page, "Filter Incidents");
    await answer(page, "settings-0042");
    await row("settings-0042").waitFor();
    await until("only that one is left", async () => (await treeRows(page).filter({ hasText: "settings-" }).count()) === 1);
    services.publish({ incidents: [{ ...many[42]!, severity: "FATAL" }] });
    await row("settings-0042").locator(".codicon-flame, [class*=codicon-flame]").first().waitFor();
    await runCommand(page, "Clear Filter");
    await row("settings-1999").waitFor();
    await runCommand(page, "Group Incidents By");
    await pick(page, "Severity");
    await row("FATAL").filter({ hasText: "1001" }).waitFor();
  });
});
