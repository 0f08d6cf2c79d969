// The built agent as the pod of deploy/kubernetes.yaml runs it: its settings, its account's token, the places that a kubelet fills. A simulated node runs no program, so the test does.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseAllDocuments } from "yaml";
import type { KubeCluster } from "./cluster.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** The manifest that users apply. */
export const MANIFEST = join(ROOT, "deploy/kubernetes.yaml");

/** Starting on a busy machine. */
const START_MS_MAX = 180_000;

/** A running agent. `token`: of its API. */
export type AgentPod = { readonly url: string; readonly token: string; stop(): Promise<void> };

/** The objects of the manifest. */
export function manifestObjects(): readonly { readonly kind: string; readonly data?: Readonly<Record<string, string>> }[] {
  return parseAllDocuments(readFileSync(MANIFEST, "utf8")).map((document) => document.toJS());
}

/** Starts it with the rights that the manifest grants, in a mount namespace of its own where the account's folder lies as in a pod. Needs root, as the tests' machine gives it. */
export async function startAgentPod(cluster: KubeCluster): Promise<AgentPod> {
  const folder = join(cluster.folder, "pod");
  const token = "a-token-of-the-test-and-nothing-else";
  const account = await cluster.kubectl(["-n", "kgroot", "create", "token", "kgroot", "--duration=1h"]);
  for (const part of ["data", "token", "account"]) mkdirSync(join(folder, part), { recursive: true });
  const files = { "account/token": account.trim(), "account/ca.crt": cluster.ca, "account/namespace": "kgroot", "token/admin": token };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const settings = manifestObjects().find(({ kind }) => kind === "ConfigMap")?.data?.["kgroot.yaml"] ?? "";
  writeFileSync(join(folder, "kgroot.yaml"), settings.replaceAll("/data", join(folder, "data")).replaceAll("/etc/kgroot", folder));
  const place = "/var/run/secrets/kubernetes.io/serviceaccount";
  const script = [
    "mkdir -p /var/run/secrets",
    "mount -t tmpfs tmpfs /var/run/secrets",
    `mkdir -p ${place}`,
    `cp "$1"/account/* ${place}/`,
    'exec "$2" --max-semi-space-size=8 "$3" agent --in-cluster --config "$1/kgroot.yaml" --output json --http-port 0 --metrics-port 0',
  ].join(" && ");
  const api = new URL(cluster.server);
  const child = spawn("unshare", ["--mount", "sh", "-c", script, "pod", folder, process.execPath, join(ROOT, "dist/kgroot.mjs")], {
    env: { PATH: process.env["PATH"] ?? "", KUBERNETES_SERVICE_HOST: api.hostname, KUBERNETES_SERVICE_PORT: api.port },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { port } = new URL(await addressOf(child));
  return { url: `http://127.0.0.1:${port}`, token, stop: () => ended(child) };
}

/** The address that the agent prints when it is ready. */
function addressOf(child: ChildProcess): Promise<string> {
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-4_000);
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the agent did not start: ${why}; it said: ${said}`));
    const timer = setTimeout(() => fail(`not within ${START_MS_MAX / 1000} s`), START_MS_MAX);
    child.once("exit", (code, signal) => fail(`it ended with ${code ?? signal}`));
    child.once("error", (error) => fail(error.message));
    if (child.stdout)
      createInterface({ input: child.stdout }).once("line", (line) => {
        clearTimeout(timer);
        resolve(JSON.parse(line).url);
      });
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await exit;
  clearTimeout(timer);
}
