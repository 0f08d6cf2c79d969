// What goes wrong ends in a message that says what to do: kubeconfigs, exec plugins, stores of the future, strangers at an address, agents that speak another protocol.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, type TestContext } from "node:test";
import type { Page } from "playwright-core";
import { WebSocketServer } from "ws";
import { RPC_ERRORS, WS_SUBPROTOCOL } from "../../agent/protocol/rpc.ts";
import { startTestApi } from "../kit/start-api.ts";
import { steps } from "./steps.ts";
import { answer, openView, pick, runCommand, startWorkbench, told, treeRows, type Workbench } from "./workbench.ts";

/** A context whose plugin does not exist, and one whose user is not there at all. */
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- cluster: {server: "https://127.0.0.1:9"}
  name: away
contexts:
- context: {cluster: away, user: plugin}
  name: plugin-fails
- context: {cluster: nowhere, user: plugin}
  name: no-cluster
- context: {cluster: away, user: plugin}
  name: half-file
users:
- name: plugin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: kgroot-test-plugin-that-is-not-installed
      interactiveMode: Never
`;

let workbench: Workbench;
let page: Page;
const { step, shot } = steps(() => page);

before(
  async () => {
    workbench = await startWorkbench({ theme: "Default High Contrast", kubeconfig: KUBECONFIG });
    ({ page } = workbench);
    await openView(page);
  },
  { timeout: 300_000 },
);

after(async () => workbench?.stop(), { timeout: 60_000 });

const kubeconfig = () => join(workbench.folder, "../kubeconfig");

async function disconnect(): Promise<void> {
  await runCommand(page, "Disconnect");
  await page.locator(".welcome-view-content").getByText("Try the Demo").waitFor();
}

/** A server on a port of its own that ends with the test. */
async function listen(t: TestContext, server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const webPage = () => createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hello</h1>"));

describe("what goes wrong", { concurrency: false }, () => {
  step("an exec plugin that is not there is named", async () => {
    await runCommand(page, "Watch a Cluster");
    await pick(page, "plugin-fails");
    await told(page, /kgroot-test-plugin-that-is-not-installed/);
    await disconnect();
  });

  step("a context without its cluster cannot be watched, and the message says so", async () => {
    await runCommand(page, "Watch a Cluster");
    await pick(page, "no-cluster");
    await told(page, /could not be started.*(?:cluster|nowhere)/s);
    await shot("fault-no-cluster");
    await disconnect();
  });

  step("a kubeconfig that is broken, and one that is not there", async () => {
    writeFileSync(kubeconfig(), "apiVersion: v1\ncontexts: [\n");
    await runCommand(page, "Watch a Cluster");
    await told(page, /names no context that can be read/);
    writeFileSync(kubeconfig(), `${KUBECONFIG}\nusers: [ {`);
    await runCommand(page, "Watch a Cluster");
    await pick(page, "half-file"); // an agent of its own: the one before may not have ended yet
    await told(page, /could not be started.*kubeconfig/s);
    await disconnect();
  });

  step("a store that a newer kgroot wrote is refused and left alone", async () => {
    const folder = join(workbench.globalStorage, "local");
    mkdirSync(folder, { recursive: true });
    const db = new DatabaseSync(join(folder, "kgroot.db"));
    db.exec(
      `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT); INSERT INTO meta VALUES ('needs', '9.9.9'); PRAGMA application_id = ${0x6b677274}; PRAGMA user_version = 999`,
    );
    db.close();
    await runCommand(page, "Start the Agent on This Machine");
    await told(page, /written by a newer kgroot.*9\.9\.9 or later/s);
    await shot("fault-newer-store");
    await disconnect();
  });

  step("something else that answers at the address is no agent", async (t) => {
    const address = await listen(t, webPage());
    await runCommand(page, "Connect to an Agent");
    await answer(page, address);
    await page
      .getByText(/What answers at .* is no kgroot agent/)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
  });

  step("an agent that is replaced by something else is told apart from one that is away", async (t) => {
    const api = await startTestApi(t);
    await runCommand(page, "Connect to an Agent");
    await answer(page, api.address);
    await treeRows(page).filter({ hasText: / hit/ }).first().waitFor();
    await api.stop();
    await listen(t, webPage(), Number(new URL(api.address).port));
    await page
      .getByText(/now is no kgroot agent: start the agent again/)
      .first()
      .waitFor();
    await treeRows(page).filter({ hasText: / hit/ }).first().waitFor();
    await shot("fault-replaced");
    await disconnect();
  });

  step("an agent of another protocol says what to update", async (t) => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"status": "ok", "version": "9.0.0", "config": {}}'),
    );
    const sockets = new WebSocketServer({ server, path: "/ws", handleProtocols: () => WS_SUBPROTOCOL });
    sockets.on("connection", (socket) =>
      socket.on("message", (data) => {
        const { id } = JSON.parse(String(data)) as { id: number };
        const message = "the agent speaks protocol 9.0, the client 1.0: update the client";
        socket.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code: RPC_ERRORS.versionMismatch, message } }));
      }),
    );
    const address = await listen(t, server);
    await runCommand(page, "Connect to an Agent");
    await answer(page, address);
    await told(page, /do not fit together.*update the client/s);
    await shot("fault-version");
    await disconnect();
  });

  step("an agent that talks nonsense neither breaks the editor nor is believed", async (t) => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"status": "ok", "version": "0.1.0"}'),
    );
    const sockets = new WebSocketServer({ server, path: "/ws", handleProtocols: () => WS_SUBPROTOCOL });
    sockets.on("connection", (socket) => socket.on("message", () => socket.send('{"jsonrpc": "2.0", "result": [[[')));
    const address = await listen(t, server);
    await runCommand(page, "Connect to an Agent");
    await answer(page, address);
    await page.locator(".statusbar-item").filter({ hasText: "kgroot" }).first().waitFor();
    await disconnect();
  });
});
