// The page in a real browser against a fake agent: what a person sees, hears and can do. Needs Chromium at /usr/bin/chromium (apt-get install chromium) or CHROMIUM.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import test, { after, before } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { bigGraph, incidentList, shopGraph, shopIncident, stats } from "../kit/page-fixture.ts";
import { replicaGraph } from "../kit/replica-fixture.ts";
import { incident } from "../kit/wire-builders.ts";
import { contrastFaults, overlapFaults } from "./page-faults.ts";
import { buildPage, type FakeAgent, type FakeAgentState, startFakeAgent } from "./page-server.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const BASE = Date.now() - 18 * 60_000;
// In continuous integration a missing browser is a failure, not a skip.
const skip = existsSync(CHROMIUM) || process.env["CI"] ? false : `no browser at ${CHROMIUM}: apt-get install chromium`;

let browser: Browser;
let built: Awaited<ReturnType<typeof buildPage>>;

before(async () => {
  if (skip) return;
  built = await buildPage();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});

after(async () => {
  await browser?.close();
  built?.remove();
});

type Visit = { readonly page: Page; readonly agent: FakeAgent; readonly state: FakeAgentState; readonly errors: string[] };
type VisitOptions = {
  readonly state?: Partial<FakeAgentState>;
  readonly hash?: string;
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
};

/** Opens the page at a fresh agent, hands it over, and closes both. */
function visit(name: string, options: VisitOptions, act: (visit: Visit) => Promise<void>): void {
  test(name, { skip, timeout: 60_000 }, async () => {
    const state: FakeAgentState = {
      incidents: incidentList(BASE),
      graphs: new Map([["inc-checkout", shopGraph(BASE)]]),
      stats: stats(BASE),
      ...options.state,
    };
    const agent = await startFakeAgent(built.folder, state);
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
      colorScheme: options.scheme ?? "light",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    try {
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error.stack)));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      await page.goto(agent.url + (options.hash ?? ""));
      await act({ page, agent, state, errors });
    } finally {
      await context.close();
      await agent.stop();
    }
  });
}

const cards = (page: Page) => page.locator("g.node:visible");

visit(
  "the first look is the answer: the worst incident with its root cause, sureness, first failure and impact",
  {},
  async ({ page, errors }) => {
    await page.getByRole("heading", { level: 1, name: "checkout crash-loops since ConfigMap checkout-settings was changed" }).waitFor();
    await cards(page).first().waitFor();
    const facts = (await page.locator(".facts").innerText()).replaceAll("\u00a0", " ");
    for (const words of ["shop/checkout-settings", "92 % almost certain", "CrashLoopBackOff at", "7 resources hit", "3 more could be hit"])
      assert.ok(facts.replace(/\s+/g, " ").includes(words), words);
    assert.equal(await cards(page).count(), 8);
    assert.equal(await page.locator("g.node.role-root_cause .tag-text").textContent(), "ROOT CAUSE");
    assert.match(await page.title(), /^\(\d+\) checkout crash-loops/);
    assert.deepEqual(errors, []);
  },
);

visit("the graph is read and walked by keyboard alone", {}, async ({ page }) => {
  const root = page.getByRole("button", { name: /^Root cause\. ConfigMap checkout-settings in shop: ConfigMapChanged, info/ });
  await root.focus();
  for (const key of ["ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
  const focused = page.locator("g.node:focus");
  assert.match(
    (await focused.getAttribute("aria-label")) ?? "",
    /^First critical failure\. 3 pods of checkout in shop: CrashLoopBackOff.*3 records folded/,
  );
  await page.keyboard.press("Enter");
  assert.match((await focused.getAttribute("aria-label")) ?? "", /^First critical failure\. Pod checkout-6b7f9c5d8-2xk4q/);
  assert.equal(await cards(page).count(), 10);
  await page.keyboard.press("Enter");
  const pane = page.getByRole("complementary", { name: "Details" });
  await pane.getByText("The container exits because a connection is refused").waitFor();
  assert.equal(await pane.getByText("Knowledge").first().isVisible(), true);
  await page.keyboard.press("Escape");
  await pane.waitFor({ state: "hidden" });
  assert.match((await focused.getAttribute("aria-label")) ?? "", /2xk4q/);
});

visit("the table says what the graph draws, and chooses the same things", {}, async ({ page }) => {
  await cards(page).first().waitFor();
  await page.getByRole("button", { name: "View as table" }).click();
  const rows = page.locator(".grid tbody tr");
  assert.equal(await rows.count(), 9, "the count is in the table, though not in the graph");
  await rows.first().getByRole("button", { name: "shop/checkout-settings", exact: true }).click();
  await page.getByRole("complementary", { name: "Details" }).getByText("data.PAYMENTS_URL: http").waitFor();
});

visit("dragged back in time, the graph shows only what had happened", {}, async ({ page }) => {
  await cards(page).first().waitFor();
  const slider = page.getByRole("slider", { name: "Show the graph as of" });
  await slider.focus();
  await page.keyboard.press("Home");
  for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  assert.equal(await cards(page).count(), 3);
  assert.match((await slider.getAttribute("aria-valuetext")) ?? "", /^As of .*: 3 of 8 cards$/);
  await page.getByRole("button", { name: "Show all" }).click();
  assert.equal(await cards(page).count(), 8);
});

visit("live changes leave focus, place, choice and zoom alone", {}, async ({ page, agent, state }) => {
  await cards(page).first().waitFor();
  await page.locator("g.node", { hasText: "NoReadyEndpoints" }).click();
  await page.getByRole("button", { name: "Zoom in" }).click();
  const link = page.getByRole("link", { name: /search cannot be scheduled/ });
  await link.focus();
  const scene = await page.locator("g.scene").getAttribute("transform");
  const worse = { ...shopIncident(BASE), title: "checkout is down", last_seen: new Date().toISOString() };
  state.incidents = [worse, ...state.incidents.slice(1)];
  state.graphs.set(worse.id, { ...shopGraph(BASE), incident: worse });
  agent.push("incidents/changed", { changed: [worse, incident("inc-new", BASE, { title: "something new" })], removed: [] });
  await page.getByRole("heading", { level: 1, name: "checkout is down" }).waitFor();
  assert.match((await page.locator(".rows .row").first().innerText()) ?? "", /something new/);
  assert.equal(await link.evaluate((element) => element === document.activeElement), true);
  assert.equal(await page.locator("g.node.chosen").count(), 1);
  assert.equal(await page.locator("g.scene").getAttribute("transform"), scene);
  await page.getByText("New incident: something new").waitFor({ state: "attached", timeout: 10_000 });
});

visit("hostile text from a cluster stays text", { hash: "#/incident/inc-hostile&cluster=prod" }, async ({ page, errors }) => {
  await cards(page).first().waitFor();
  for (const tab of ["Timeline", "Blast radius", "Causes", "Evidence gaps", "Similar", "Graph"])
    await page.getByRole("tab", { name: tab }).click();
  await cards(page).first().click();
  assert.equal(await page.locator("#app img, #app script").count(), 0);
  assert.match(await page.title(), /kgroot$/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  assert.deepEqual(errors, []);
});

visit(
  "without the right token the page asks for one, and keeps it out of the address",
  { state: { token: "s3cret" }, hash: "#token=wrong" },
  async ({ page, agent }) => {
    await page.getByText("The agent does not accept the token.").waitFor();
    await page.getByLabel("Token").fill("s3cret");
    await page.getByRole("button", { name: "Connect" }).click();
    await cards(page).first().waitFor();
    assert.ok(!page.url().includes("wrong") && !page.url().includes("s3cret"));
    await page.goto(`${agent.url}#/incident/inc-unsure&token=s3cret`);
    await page.getByRole("heading", { level: 1, name: /^Not sure/ }).waitFor();
    assert.ok(!page.url().includes("s3cret"));
  },
);

visit("a lost connection is said, what is shown stays, and the page comes back by itself", {}, async ({ page, agent, state }) => {
  await cards(page).first().waitFor();
  await agent.stop();
  await page.getByText(/Connection lost\..*may be out of date\..*Next try in/s).waitFor();
  assert.equal(await cards(page).count(), 8);
  assert.equal(await page.getByRole("button", { name: "Mute…" }).isDisabled(), true);
  const again = await startFakeAgent(built.folder, state, agent.port);
  await page.locator(".connection.is-ready").waitFor({ timeout: 15_000 });
  assert.equal(await page.locator(".banner").isVisible(), false);
  await again.stop();
});

visit("an agent of another version is named as the reason", { state: { protocol: "2.0" } }, async ({ page }) => {
  await page.getByText("The agent speaks protocol 2.0, this page 1.0.").waitFor();
});

visit("nothing wrong is told from nothing seen", { state: { incidents: [] } }, async ({ page }) => {
  await page.getByRole("heading", { name: "Nothing wrong found" }).waitFor();
  await page.getByText("Watching 2,481 resources: 1,204 Pods, 418 ReplicaSets").waitFor();
});

visit(
  "an incident without a named cause says so and shows its best guess",
  { hash: "#/incident/inc-unsure/causes&cluster=prod" },
  async ({ page }) => {
    await page.locator(".facts").getByText("Not sure", { exact: true }).waitFor();
    await page.getByText("Not sure: no candidate is likely enough").waitFor();
    assert.equal(await page.getByRole("button", { name: "Confirm cause" }).isVisible(), false);
  },
);

visit(
  "confirming, muting and copying reach the agent and the clipboard",
  { hash: "#/incident/inc-checkout&cluster=prod" },
  async ({ page, agent }) => {
    await page.getByRole("button", { name: "Confirm cause" }).click();
    await page.getByText("Confirmed.").waitFor();
    await page.getByRole("button", { name: "Mute…" }).click();
    await page.getByLabel("Why").fill("known, ticket 7");
    await page.getByRole("button", { name: "Mute", exact: true }).click();
    await page.getByText("Muted", { exact: true }).last().waitFor();
    const [feedback, mute] = agent.received.map(({ params }) => params as Record<string, unknown>);
    assert.deepEqual(feedback, {
      incident: "inc-checkout",
      cluster: "prod",
      rid: "configmap:shop:checkout-settings",
      verdict: "confirmed",
    });
    assert.equal(mute?.["name"], "checkout-settings");
    assert.equal(mute?.["comment"], "known, ticket 7");
    assert.ok(Date.parse(String(mute?.["until"])) > Date.now());
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${agent.url}#/incident/inc-checkout&cluster=prod`);
  },
);

visit("the graph is exported as an image of its own", { hash: "#/incident/inc-checkout&cluster=prod" }, async ({ page }) => {
  await cards(page).first().waitFor();
  await page.locator(".menu summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Graph as SVG" }).click()]);
  assert.equal(download.suggestedFilename(), "incident-inc-checkout.svg");
  const text = await readFile((await download.path()) ?? "", "utf8");
  assert.match(text, /^<svg[^>]+viewBox=/);
  assert.ok(text.includes("ROOT CAUSE") && !text.includes("var(--") && !text.includes("<script"));
});

visit(
  "500 episodes are folded to a readable graph, and a fold opens",
  { state: { incidents: [bigGraph(BASE, 500).incident], graphs: new Map([["inc-big", bigGraph(BASE, 500)]]) } },
  async ({ page }) => {
    await cards(page).first().waitFor();
    assert.ok((await cards(page).count()) <= 40);
    await page.locator("g.node.folded", { hasText: "services" }).first().click();
    await page.getByRole("button", { name: "Show each in the graph" }).click();
    await page.getByRole("button", { name: "Fold again" }).waitFor();
    assert.ok((await cards(page).count()) > 40);
  },
);

const REPLICAS = { incidents: [replicaGraph(BASE).incident], graphs: new Map([["inc-cart", replicaGraph(BASE)]]) };
const toggle = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

/** Cards that are not wholly inside the stage. */
function cardsOutOfView(): string[] {
  const stage = document.querySelector(".stage")?.getBoundingClientRect();
  return [...document.querySelectorAll("g.node:not(.later)")].flatMap((card) => {
    const box = card.getBoundingClientRect();
    const within = stage && box.left >= stage.left && box.right <= stage.right && box.top >= stage.top && box.bottom <= stage.bottom;
    return within && box.bottom <= innerHeight ? [] : [card.textContent ?? ""];
  });
}

for (const [width, height] of [
  [1440, 900],
  [900, 700],
] as const) {
  visit(
    `${width} by ${height}: the first view has all cards, legible, with the scores of the root-cause path only`,
    { state: REPLICAS, width, height },
    async ({ page, errors }) => {
      await cards(page).first().waitFor();
      assert.equal(await cards(page).count(), 6);
      assert.deepEqual(await page.evaluate(cardsOutOfView), []);
      assert.deepEqual(await page.evaluate(overlapFaults), []);
      assert.deepEqual((await page.locator("g.label").allTextContents()).sort(), ["0.81", "0.83", "0.98"]);
      assert.equal(await page.locator("g.link.is-chain").count(), 3);
      assert.deepEqual(await page.evaluate(contrastFaults), []);
      assert.deepEqual(errors, []);
    },
  );
}

visit("everything can be had: links that others imply, counts, every record", { state: REPLICAS }, async ({ page }) => {
  await cards(page).first().waitFor();
  await toggle(page, "All links (+4)").click();
  assert.equal(await page.locator("g.link").count(), 10);
  await toggle(page, "Counts (3)").click();
  assert.equal(await cards(page).count(), 8);
  await toggle(page, "Unfold all").click();
  assert.equal(await cards(page).count(), 17);
  assert.equal(await page.locator("g.link").count(), replicaGraph(BASE).links.length);
  assert.deepEqual(await page.evaluate(overlapFaults), []);
  for (const name of ["Unfold all", /^Counts/, /^All links/]) await toggle(page, name).click();
  assert.equal(await cards(page).count(), 6);
});

visit(
  "a fold opens where it stands, by its button; its records are in the pane; the score of a link comes with the pointer",
  { state: REPLICAS },
  async ({ page }) => {
    await cards(page).first().waitFor();
    const oom = page.locator("g.node", { hasText: "OOMKilled" });
    await page.locator("g.node", { hasText: "ReplicasUnavailable" }).hover();
    assert.equal(await page.locator("g.label", { hasText: "0.74" }).count(), 1);
    await oom.click({ position: { x: 40, y: 40 } });
    const pane = page.getByRole("complementary", { name: "Details" });
    await pane.getByText("3 records folded").waitFor();
    assert.equal(await pane.getByRole("listitem").filter({ hasText: "shop/cart-6d5f4b7c9-" }).count(), 3);
    await oom.locator(".opener").click();
    assert.equal(await oom.count(), 3);
    assert.match((await page.locator("g.node:focus").getAttribute("aria-label")) ?? "", /cart-6d5f4b7c9-x2kq7/);
    await toggle(page, "Fold again").click();
    assert.equal(await cards(page).count(), 6);
  },
);

visit("the image has what is shown, the JSON file has everything", { state: REPLICAS }, async ({ page }) => {
  await cards(page).first().waitFor();
  const save = async (name: string): Promise<string> => {
    await page.locator(".menu summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return readFile((await download.path()) ?? "", "utf8");
  };
  const image = await save("Graph as SVG");
  assert.ok(image.includes("3 pods of cart") && image.includes("PodTemplateChanged") && !image.includes("cascading_failure"));
  assert.equal(JSON.parse(await save("Incident as JSON")).nodes.length, 17);
});

visit(
  "one cluster goes without saying, several are told apart",
  { state: { clusters: ["prod", "test"] } },
  async ({ page, agent, state }) => {
    await page.locator(".status-line").getByText("cluster prod").waitFor();
    await agent.stop();
    const alone = await startFakeAgent(built.folder, { ...state, clusters: ["prod"] }, agent.port);
    await page.locator(".status-line").getByText("cluster prod").waitFor({ state: "detached", timeout: 15_000 });
    await alone.stop();
  },
);

visit("further pages are loaded when asked for", { state: { pageSize: 3 } }, async ({ page }) => {
  await page.getByText("3 open incidents, more to load").waitFor();
  await page.getByRole("button", { name: "Show older" }).click();
  await page.getByText("6 open incidents, more to load").waitFor();
});

for (const scheme of ["light", "dark"] as const) {
  visit(
    `${scheme}: every text has contrast 4.5 to 1, nothing lies over anything else, nothing is cut off`,
    { scheme, hash: "#/incident/inc-checkout&cluster=prod" },
    async ({ page }) => {
      await cards(page).first().waitFor();
      assert.deepEqual(await page.evaluate(overlapFaults), []);
      for (const tab of ["Timeline", "Blast radius", "Causes", "Evidence gaps", "Similar", "Graph"]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.mouse.move(0, 0);
        assert.deepEqual(await page.evaluate(contrastFaults), [], tab);
      }
      await page.locator("g.node", { hasText: "NoReadyEndpoints" }).click();
      assert.deepEqual(await page.evaluate(contrastFaults), [], "details");
      await page.evaluate(() => document.documentElement.style.setProperty("--muted", "#808080"));
      assert.notDeepEqual(await page.evaluate(contrastFaults), [], "the check sees what it should");
    },
  );
}

visit("on a narrow screen list and incident take turns, and the graph runs downwards", { width: 480, height: 800 }, async ({ page }) => {
  await page.getByRole("link", { name: /checkout crash-loops/ }).click();
  await cards(page).first().waitFor();
  const top = async (text: string): Promise<number> => (await page.locator("g.node", { hasText: text }).first().boundingBox())?.y ?? 0;
  assert.ok((await top("ConfigMapChanged")) < (await top("CrashLoopBackOff")));
  await page.getByRole("button", { name: "‹ Incidents" }).click();
  await page.getByRole("link", { name: /checkout crash-loops/ }).waitFor();
  await page.goBack();
  await cards(page).first().waitFor();
});

test("inside VS Code the same page speaks through messages only", { skip, timeout: 60_000 }, async () => {
  const agent = await startFakeAgent(built.folder, { incidents: [], graphs: new Map(), stats: stats(BASE) });
  const page = await browser.newPage();
  try {
    await page.addInitScript(() => {
      const posted: unknown[] = [];
      Object.assign(globalThis, {
        posted,
        acquireVsCodeApi: () => ({ postMessage: (message: unknown) => posted.push(message), setState: () => undefined }),
      });
    });
    await page.goto(agent.url);
    const posted = (): Promise<{ type: string; id: number; method: string }[]> => page.evaluate(() => Reflect.get(globalThis, "posted"));
    const say = (message: unknown): Promise<void> => page.evaluate((data) => window.postMessage(data, "*"), message);
    assert.deepEqual(await posted(), [{ type: "ready" }]);
    await say({
      type: "connection",
      connection: {
        state: "ready",
        hello: { protocol: "1.0", server: "x", cluster: "prod", clusters: ["prod"], capabilities: [], role: "admin" },
      },
    });
    await say({ type: "foreign" });
    await page.waitForFunction(() => Reflect.get(globalThis, "posted").length >= 3);
    const list = (await posted()).find((message) => message.method === "incidents/list");
    await say({ type: "result", id: list?.id, result: { incidents: [shopIncident(BASE)] } });
    await page.getByRole("link", { name: /checkout crash-loops/ }).waitFor();
    await page.waitForFunction(() =>
      Reflect.get(globalThis, "posted").some((message: { method?: string }) => message.method === "incidents/graph"),
    );
    const graph = (await posted()).find((message) => message.method === "incidents/graph");
    await say({ type: "result", id: graph?.id, result: shopGraph(BASE) });
    await cards(page).first().waitFor();
    assert.equal(await cards(page).count(), 8);
  } finally {
    await page.close();
    await agent.stop();
  }
});
