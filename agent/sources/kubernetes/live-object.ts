// What a cluster holds right now, asked on demand: one object as YAML, and the end of a pod's log. Read only, masked as everything that kgroot keeps.
import { stringify } from "yaml";
import { redactText } from "../../platform/redaction.ts";
import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from "../fields.ts";
import { discoverKinds } from "./discovery.ts";
import { faultOf, faultOfError, type KubeAnswer, type KubeApi, type KubeFault, readJson } from "./kube-api.ts";
import { parseObject } from "./parse-object.ts";
import { pathOf, rbacName, WATCHED_KINDS } from "./watched-kinds.ts";

/** Which object; `namespace` absent for kinds outside namespaces. */
export type ObjectName = { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };

/** Which log. `container` absent: the one that is in trouble, else the first. `previous`: of the container's run before. */
export type LogName = {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string | undefined;
  readonly previous: boolean;
  readonly lines: number;
};

/** Could not be read: `is` says why, `message` what to do. */
export class LookUpError extends Error {
  readonly is: KubeFault["is"] | "unknown-kind";
  constructor(is: LookUpError["is"], message: string) {
    super(message);
    this.name = "LookUpError";
    this.is = is;
  }
}

const ANSWER_MS_MAX = 30_000;

/** More of a log than this is of no help in an editor. */
const LOG_BYTES_MAX = 2 * 1024 * 1024;

/** The object as YAML, secrets masked and long texts cut. Rejects with LookUpError. */
export async function readLiveObject(api: KubeApi, wanted: ObjectName, signal: AbortSignal): Promise<string> {
  const object = await readRaw(api, wanted, signal);
  const kept = parseObject(object, Date.now());
  if (!kept.ok) throw new LookUpError("unreadable", `the API server's answer cannot be read: ${kept.reason}`);
  const { apiVersion, kind, metadata, rest, partial: _partial, ...parts } = kept.value;
  const { fieldOwners: _owners, ...meta } = metadata;
  return stringify({ apiVersion, kind, metadata: meta, ...(isFields(rest) ? rest : {}), ...parts }, { lineWidth: 0 });
}

/** The last lines of a container's log, masked line by line. Rejects with LookUpError. */
export async function readPodLog(api: KubeApi, wanted: LogName, signal: AbortSignal): Promise<{ container: string; text: string }> {
  const { namespace, pod, previous, lines } = wanted;
  const container = wanted.container ?? troubled(await readRaw(api, { kind: "Pod", namespace, name: pod }, signal));
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const query = { container, tailLines: String(lines), timestamps: "true", limitBytes: String(LOG_BYTES_MAX), previous: String(previous) };
  const answer = await ask(api, { path, query, what: "pods/log" }, signal);
  const text = await readText(answer.chunks);
  return { container, text: text.split("\n").map(redactText).join("\n") };
}

async function readRaw(api: KubeApi, { kind, namespace, name }: ObjectName, signal: AbortSignal): Promise<Fields> {
  const wanted = WATCHED_KINDS.find((one) => one.kind.toLowerCase() === kind.toLowerCase());
  if (!wanted) throw new LookUpError("unknown-kind", `kgroot does not know where the API serves ${kind} objects; use kubectl`);
  const found = await discoverKinds([wanted], { api, signal, silenceMs: ANSWER_MS_MAX });
  if (found.is !== "ok") throw faulty(api, found, rbacName(wanted));
  const served = found.value[0]?.served[0];
  if (!served) throw new LookUpError("absent", `the API server at ${api.server} does not serve ${kind} objects`);
  const path = `${pathOf(served, wanted.namespaced ? namespace : undefined)}/${encodeURIComponent(name)}`;
  const { chunks } = await ask(api, { path, query: {}, what: rbacName(wanted) }, signal);
  const object = await readJson(chunks);
  if (!isFields(object)) throw new LookUpError("unreadable", `the API server at ${api.server} answered with something else than an object`);
  return object;
}

/** One request; `what` is how RBAC names what is read. */
async function ask(
  api: KubeApi,
  { path, query, what }: { readonly path: string; readonly query: Readonly<Record<string, string>>; readonly what: string },
  signal: AbortSignal,
): Promise<KubeAnswer> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  let answer = await api.get(path, query, limited).catch((error: unknown) => {
    signal.throwIfAborted();
    throw faulty(api, faultOfError(error), what);
  });
  if (answer.status === 401) {
    api.renew(); // the token may have been replaced in its file
    answer = await api.get(path, query, limited);
  }
  if (answer.status === 200) return answer;
  throw faulty(api, faultOf(answer.status, await readJson(answer.chunks), answer.retryAfterMs), what);
}

function faulty(api: KubeApi, fault: KubeFault, what: string): LookUpError {
  const advice: Partial<Record<KubeFault["is"], string>> = {
    forbidden: `; the agent's account may not get ${what}: add it to its role`,
    unauthorised: "; the agent's credentials are refused: renew them",
    absent: "; it may be gone: its history is still in the graph",
    network: "; is the cluster reachable from the agent's machine?",
  };
  return new LookUpError(fault.is, `the API server at ${api.server} says ${fault.text}${advice[fault.is] ?? ""}`);
}

/** The container that restarted most or is not ready, else the first; init containers come first while the pod starts. */
function troubled(pod: Fields): string {
  const status = fieldsAt(pod, "status");
  const states = [...listAt(status, "initContainerStatuses"), ...listAt(status, "containerStatuses")].filter(isFields);
  const trouble = (one: Fields) => (numberAt(one, "restartCount") ?? 0) * 2 + (one["ready"] === true ? 0 : 1);
  const [worst] = [...states].filter((one) => !isDone(one)).sort((a, b) => trouble(b) - trouble(a));
  const [first] = listAt(fieldsAt(pod, "spec"), "containers").filter(isFields);
  const name = (worst && textAt(worst, "name")) ?? (first && textAt(first, "name"));
  if (name === undefined) throw new LookUpError("absent", "the pod has no container");
  return name;
}

/** An init container that ended well has nothing to tell. */
function isDone(status: Fields): boolean {
  return numberAt(fieldsAt(fieldsAt(status, "state"), "terminated"), "exitCode") === 0;
}

async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes > LOG_BYTES_MAX) break;
  }
  return Buffer.concat(parts).subarray(0, LOG_BYTES_MAX).toString("utf8");
}
