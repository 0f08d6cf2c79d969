// Reads the scheduler's message of why no node takes a pod, node group by node group.
import type { FindingReason } from "../knowledge/findings.ts";

/** Why a number of nodes was passed over. `detail` is what the message names: a taint, a resource. */
export type Refusal = {
  readonly nodes: number;
  readonly text: string;
  /** The exact finding, undefined where there is none finer than Unschedulable. */
  readonly reason?:
    | Extract<
        FindingReason,
        | "NodesCordoned"
        | "NoNodeToleratesTaints"
        | "AntiAffinityUnsatisfiable"
        | "NoNodeMatchesSelector"
        | "NoNodeWithEnoughCpu"
        | "NoNodeWithEnoughMemory"
      >
    | undefined;
  readonly taint?: string | undefined;
  /** Control-plane nodes are not meant for ordinary pods: their taint is no cause. */
  readonly controlPlane?: boolean | undefined;
  readonly storage?: boolean | undefined;
};

// Wordings of pkg/scheduler/framework/plugins in Kubernetes 1.18 to 1.34.
const TAINT = /\{([^}:]{1,253}):? ?([^}]{0,63})\}/;
const CONTROL_PLANE = /^node-role\.kubernetes\.io\/(?:control-plane|master|etcd)$/;
const STORAGE = /PersistentVolume|persistentvolumeclaim|volume node affinity|max volume count|free storage|binding volumes/i;

/** The parts of `0/4 nodes are available: 1 Insufficient cpu, 3 node(s) had untolerated taint {…}.`; what follows `preemption:` is left out. */
export function parseRefusals(message: string): readonly Refusal[] {
  const text = message.slice(0, 2_000).split(/\s?preemption: /i, 1)[0] ?? "";
  const list = text.split(/nodes are available: /i, 2)[1] ?? text;
  return list
    .replace(/, that the pod didn't tolerate/gi, " that the pod didn't tolerate")
    .split(/, (?![^{]{0,300}\})/)
    .map((part) => part.trim().replace(/\.$/, ""))
    .filter((part) => part !== "")
    .map(parseRefusal);
}

function parseRefusal(part: string): Refusal {
  const match = /^(\d{1,6}) (.*)$/s.exec(part);
  const base = { nodes: Number(match?.[1] ?? 0), text: match?.[2] ?? part };
  if (/were unschedulable|\{node\.kubernetes\.io\/unschedulable/i.test(part)) return { ...base, reason: "NodesCordoned" };
  if (/taint/i.test(part)) return { ...base, reason: "NoNodeToleratesTaints", ...taintOf(part) };
  if (/anti-affinity/i.test(part)) return { ...base, reason: "AntiAffinityUnsatisfiable" };
  if (STORAGE.test(part)) return { ...base, storage: true };
  if (/match (?:Pod's )?node (?:affinity|selector)|node affinity\/selector/i.test(part))
    return { ...base, reason: "NoNodeMatchesSelector" };
  if (/Insufficient cpu/i.test(part)) return { ...base, reason: "NoNodeWithEnoughCpu" };
  if (/Insufficient memory/i.test(part)) return { ...base, reason: "NoNodeWithEnoughMemory" };
  return base;
}

function taintOf(part: string): Pick<Refusal, "taint" | "controlPlane"> {
  const match = TAINT.exec(part);
  const key = match?.[1]?.trim();
  if (key === undefined) return {};
  const value = match?.[2]?.trim() ?? "";
  return { taint: value === "" ? key : `${key}=${value}`, controlPlane: CONTROL_PLANE.test(key) };
}
