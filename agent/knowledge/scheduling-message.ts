// Reads why the scheduler found no node: "0/4 nodes are available: 1 node(s) had untolerated taint {…}, 3 Insufficient cpu."

/** One reason a number of nodes was passed over for. */
type NodeVerdict = { readonly nodes: number; readonly reason: string };

/** Wordings of pkg/scheduler/framework/plugins, most exact first, with the word a finding uses for the same. */
const NODE_VERDICTS: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /node\.kubernetes\.io\/unschedulable|were unschedulable/i, reason: "NodesCordoned" },
  {
    pattern: /node\.kubernetes\.io\/(?:not-ready|unreachable|network-unavailable)|were not ready|had out of service/i,
    reason: "NodesNotReady",
  },
  { pattern: /node\.kubernetes\.io\/(?:disk|memory|pid)-pressure|had (?:disk|memory|pid) pressure/i, reason: "NodesUnderPressure" },
  { pattern: /node-role\.kubernetes\.io\/(?:control-plane|master|etcd)/i, reason: "ControlPlaneTaint" },
  { pattern: /had (?:untolerated )?taint|that the pod didn't tolerate/i, reason: "NoNodeToleratesTaints" },
  { pattern: /volume node affinity conflict/i, reason: "VolumeNodeAffinityConflict" },
  { pattern: /exceed max volume count/i, reason: "VolumeLimitReached" },
  {
    pattern: /didn't find available persistent volumes|unbound immediate PersistentVolumeClaims|insufficient free storage/i,
    reason: "UnboundPersistentVolumeClaim",
  },
  { pattern: /anti-affinity/i, reason: "AntiAffinityUnsatisfiable" },
  { pattern: /didn't match pod affinity/i, reason: "PodAffinityUnsatisfiable" },
  { pattern: /topology spread/i, reason: "TopologySpreadUnsatisfiable" },
  { pattern: /didn't match (?:Pod's )?node (?:affinity|selector)|didn't match the requested node name/i, reason: "NoNodeMatchesSelector" },
  { pattern: /Insufficient cpu/i, reason: "NoNodeWithEnoughCpu" },
  { pattern: /Insufficient memory/i, reason: "NoNodeWithEnoughMemory" },
  { pattern: /Too many pods/i, reason: "NoNodeWithPodSlot" },
  { pattern: /Insufficient [\w./-]{1,100}/i, reason: "NoNodeWithEnoughResource" },
  { pattern: /have free ports/i, reason: "HostPortUnavailable" },
];

/** Refusals that speak of no single node. */
const WHOLE_MESSAGES: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /persistentvolumeclaim "[^"]{1,253}" not found/i, reason: "MissingPersistentVolumeClaim" },
  { pattern: /unbound immediate PersistentVolumeClaims|binding volumes: /i, reason: "UnboundPersistentVolumeClaim" },
  { pattern: /persistentvolumeclaim "[^"]{1,253}" (?:bound to non-existent|is being deleted)/i, reason: "UnboundPersistentVolumeClaim" },
  { pattern: /no nodes available to schedule pods/i, reason: "NoNodes" },
];

/** Every word that `schedulingCause` may answer. */
export const SCHEDULING_CAUSES: readonly string[] = [
  ...new Set([...NODE_VERDICTS, ...WHOLE_MESSAGES].map(({ reason }) => reason).filter((reason) => reason !== "ControlPlaneTaint")),
];

/**
 * The word for why no node fits; undefined when the message does not say in words we know. Control-plane taints never count: those nodes are not meant for
 * the pod. A node selector counts only when nothing else kept a node out: it narrows the choice, and what keeps the chosen nodes out is the cause.
 * Among the rest the reason of the most nodes wins.
 */
export function schedulingCause(message: string): string | undefined {
  const text = message.slice(0, 1_000);
  const whole = WHOLE_MESSAGES.find(({ pattern }) => pattern.test(text));
  if (whole) return whole.reason;
  const verdicts = nodeVerdicts(text.split(/preemption: /i, 1)[0] ?? "").filter(({ reason }) => reason !== "ControlPlaneTaint");
  const binding = verdicts.filter(({ reason }) => reason !== "NoNodeMatchesSelector");
  const candidates = binding.length > 0 ? binding : verdicts;
  return candidates.reduce<NodeVerdict | undefined>((best, verdict) => (best && best.nodes >= verdict.nodes ? best : verdict), undefined)
    ?.reason;
}

/** Commas inside `{key: value}` do not part two reasons. */
function nodeVerdicts(text: string): readonly NodeVerdict[] {
  const list = text.split(/nodes are available: /i, 2)[1] ?? text;
  return list.split(/, (?![^{]{0,200}\})/).flatMap((part) => {
    const known = NODE_VERDICTS.find(({ pattern }) => pattern.test(part));
    if (!known) return [];
    const nodes = Number(/^\s{0,4}(\d{1,6}) /.exec(part)?.[1] ?? 1);
    return [{ nodes, reason: known.reason }];
  });
}
