// A real VS Code in a real browser: code-server with the packaged extension, in folders of its own, driven by playwright.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from "playwright-core";

const ROOT = dirname(dirname(import.meta.dirname));

/** Where scripts/test-vscode.ts installs it; keyed by version. */
export const CODE_SERVER = join(homedir(), ".cache/kgroot-services/code-server-4.139.1/node_modules/code-server/out/node/entry.js");

/** The packaged extension. */
export const VSIX = process.env["KGROOT_VSIX"] ?? join(ROOT, "dist/kgroot.vsix");

/** The browser. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** A cold start on a busy machine takes this long at worst. KGROOT_PATIENCE_MS shortens it while a test is being written. */
const PATIENCE_MS = Number(process.env["KGROOT_PATIENCE_MS"] ?? 120_000);

/** One running editor. `home` is its own folder; `globalStorage` the extension's. */
export type Workbench = {
  readonly page: Page;
  readonly folder: string;
  readonly globalStorage: string;
  reload(): Promise<void>;
  stop(): Promise<void>;
};

/** How to start it: a copy of these files of the project in the workspace, this text as the kubeconfig; `ask`: the workspace is not trusted until somebody says so. */
export type WorkbenchOptions = {
  readonly theme: string;
  readonly samples?: readonly string[];
  readonly kubeconfig?: string;
  readonly trust?: "given" | "ask";
};

/** Starts it. */
export async function startWorkbench({
  theme,
  samples = [],
  kubeconfig = KUBECONFIG,
  trust = "given",
}: WorkbenchOptions): Promise<Workbench> {
  const home = mkdtempSync(join(tmpdir(), "kgroot-editor-"));
  const data = join(home, "data");
  const extensions = join(home, "extensions");
  const folder = join(home, "work");
  mkdirSync(join(data, "User"), { recursive: true });
  mkdirSync(folder);
  for (const sample of samples) cpSync(join(ROOT, sample), join(folder, sample.split("/").at(-1) ?? ""));
  writeFileSync(join(data, "User/settings.json"), JSON.stringify(settings(theme, trust === "ask")));
  const dirs = ["--user-data-dir", data, "--extensions-dir", extensions];
  const installed = spawnSync(process.execPath, [CODE_SERVER, ...dirs, "--install-extension", VSIX], { encoding: "utf8" });
  if (installed.status !== 0) throw new Error(`the extension could not be installed: ${installed.stdout}${installed.stderr}`);
  const port = await freePort();
  const flags = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
  const kubeconfigFile = join(home, "kubeconfig");
  writeFileSync(kubeconfigFile, kubeconfig, { mode: 0o600 });
  if (trust === "given") flags.push("--disable-workspace-trust");
  const server = spawn(process.execPath, [CODE_SERVER, ...dirs, ...flags, folder], {
    stdio: "ignore",
    env: { ...process.env, KUBECONFIG: kubeconfigFile },
  });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const stop = async () => {
    await browser.close();
    await end(server);
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  try {
    const page = await open(browser, `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
    const globalStorage = join(data, "User/globalStorage/kgroot.kgroot");
    return { page, folder, globalStorage, stop, reload: () => reload(page) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The rows of the incident tree. */
export function treeRows(page: Page): Locator {
  return page.locator(".pane-body .monaco-list-row");
}

/** Opens kgroot's view. */
export async function openView(page: Page): Promise<void> {
  await page.locator('.activitybar [aria-label^="kgroot"]').first().click({ force: true }); // the badge lies over it
  await page
    .locator(".composite.title")
    .filter({ hasText: /kgroot/i })
    .first()
    .waitFor();
}

/** Runs a command of ours by its title in the palette. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await runAnyCommand(page, `kgroot: ${title}`);
}

/** Runs any command by its full title. The palette closes when something else takes the focus just then: it is opened again. */
export async function runAnyCommand(page: Page, title: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (true) {
    try {
      await page.keyboard.press("F1");
      await pick(page, title, { prefix: ">", patienceMs: 3_000 });
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await page.keyboard.press("Escape");
    }
  }
}

/** Picks from the list that is open: narrows it by typing, accepts once the right row is the chosen one, and waits until the list is gone or another one is there. */
export async function pick(page: Page, text: string, { prefix = "", patienceMs = PATIENCE_MS } = {}): Promise<void> {
  const input = page.locator(".quick-input-widget input.input");
  const typed = prefix + text;
  do {
    await input.fill(typed, { timeout: patienceMs });
    const chosen = page.locator(".quick-input-list .monaco-list-row.focused").filter({ hasText: text }).first();
    await chosen.waitFor({ timeout: patienceMs });
  } while ((await input.inputValue({ timeout: patienceMs })) !== typed);
  await input.press("Enter", { timeout: patienceMs });
  const isOver = `(() => { const input = document.querySelector(".quick-input-widget input.input"); return !input?.offsetParent || input.value !== ${JSON.stringify(typed)}; })()`;
  await page.waitForFunction(isOver, undefined, { timeout: patienceMs });
}

/** The titles that the palette offers for these words, `known` among them. */
export async function paletteTitles(page: Page, words: string, known: string): Promise<string[]> {
  const until = Date.now() + PATIENCE_MS;
  while (true) {
    try {
      await page.keyboard.press("F1");
      await page.locator(".quick-input-widget input.input").fill(`>${words}`, { timeout: 3_000 });
      await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: known }).first().waitFor({ timeout: 3_000 });
      const titles = await page.locator(".quick-input-list .monaco-list-row .label-name").allInnerTexts();
      await page.keyboard.press("Escape");
      return titles;
    } catch (error) {
      if (Date.now() > until) throw error;
      await page.keyboard.press("Escape");
    }
  }
}

/** Types into the input box that is open, and accepts it. */
export async function answer(page: Page, text: string): Promise<void> {
  const input = page.locator(".quick-input-widget input.input");
  await input.waitFor();
  await input.fill(text);
  await input.press("Enter");
}

/** Types a path into VS Code's own file dialog and accepts it, as often as the dialog wants: the first time it may only go to the folder. */
export async function answerFile(page: Page, path: string): Promise<void> {
  const input = page.locator(".quick-input-widget input.input");
  await input.waitFor();
  await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
  await input.fill(path);
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    await input.press("Enter");
    const isGone = await input.waitFor({ state: "hidden", timeout: 1_500 }).then(
      () => true,
      () => false,
    );
    if (isGone) return;
  }
  throw new Error(`the dialog did not take ${path}`);
}

/** Waits for a notification, and clears it. A toast may be hidden again, or not shown at all, before anybody looks: the notification centre holds it all the same. */
export async function told(page: Page, text: string | RegExp): Promise<void> {
  const message = page.locator(".notification-list-item-message").filter({ hasText: text }).first();
  const until = Date.now() + PATIENCE_MS;
  while (true) {
    const isThere = await message.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (isThere) break;
    if (Date.now() > until)
      throw new Error(`VS Code did not tell ${text}, but ${await page.locator(".notification-list-item-message").allInnerTexts()}`);
    await runAnyCommand(page, "Notifications: Show Notifications");
  }
  await runAnyCommand(page, "Notifications: Clear All Notifications");
}

/** The document inside the webview in front. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator("iframe.webview.ready:visible").frameLocator("iframe#active-frame");
}

/** Two contexts of a cluster that does not answer. */
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- cluster:
    server: https://127.0.0.1:9
  name: gone
contexts:
- context:
    cluster: gone
    user: nobody
  name: staging
- context:
    cluster: gone
    user: nobody
  name: prod
current-context: prod
users:
- name: nobody
  user: {}
`;

function settings(theme: string, asksForTrust: boolean): Record<string, unknown> {
  return {
    "security.workspace.trust.enabled": asksForTrust,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "chat.disableAIFeatures": true,
    "extensions.autoUpdate": false,
    "workbench.colorTheme": theme,
    "window.autoDetectColorScheme": false,
    "window.dialogStyle": "custom",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "files.simpleDialog.enable": true,
  };
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const until = Date.now() + PATIENCE_MS;
  while (true) {
    try {
      await page.goto(url, { waitUntil: "domcontentloaded" });
      break;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250)); // the server is not up yet
    }
  }
  await page.locator(".monaco-workbench").waitFor();
  return page;
}

/** As a person would: the browser's own reload may come before VS Code has kept which editors are open. */
async function reload(page: Page): Promise<void> {
  const loaded = page.waitForEvent("domcontentloaded");
  await page.keyboard.press("F1");
  const input = page.locator(".quick-input-widget input.input");
  await input.fill(">Developer: Reload Window");
  await page.locator(".quick-input-list .monaco-list-row.focused").filter({ hasText: "Developer: Reload Window" }).first().waitFor();
  await input.press("Enter");
  await loaded;
  await page.locator(".monaco-workbench").waitFor();
}

/** The server and what it started end together; the agent has a life of its own and sees that its home is gone. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
