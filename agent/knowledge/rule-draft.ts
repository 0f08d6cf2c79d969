// How causal rules are written down: one draft for all the classes and ways it holds for, expanded into one rule each.
import type { CausalRule, RuleStep } from "./rule.ts";

/** From an effect's resource to a cause's, and between which kinds. `as` ends the ids of the rules when a draft has several ways. */
export type Way = {
  readonly as: string;
  readonly path: readonly RuleStep[];
  readonly causeKinds: readonly string[];
  readonly effectKinds: readonly string[];
};

/** A rule before expansion. */
export type RuleDraft = Pick<
  CausalRule,
  "id" | "domain" | "strength" | "sameDiscriminator" | "targetMatches" | "sentence" | "example" | "source"
> & {
  readonly causes: readonly string[];
  readonly effects: readonly string[];
  readonly ways: readonly Way[];
};

/** One rule per cause class, effect class and way. Rules of one way share the same path array. */
export function expand(drafts: readonly RuleDraft[]): readonly CausalRule[] {
  return drafts.flatMap(({ causes, effects, ways, ...rest }) =>
    causes.flatMap((cause) =>
      effects.flatMap((effect) =>
        ways.map(({ as, path, causeKinds, effectKinds }) => {
          const parts = [
            rest.id,
            ...(causes.length > 1 ? [cause] : []),
            ...(effects.length > 1 ? [effect] : []),
            ...(ways.length > 1 ? [as] : []),
          ];
          return { ...rest, id: parts.join("--"), cause, causeKinds, effect, effectKinds, path };
        }),
      ),
    ),
  );
}

/** Kinds that control pods directly, and kinds that control those. */
export const CONTROLLERS = ["ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"] as const;
export const TOP_WORKLOADS = ["Deployment", "CronJob", "Rollout", "DeploymentConfig"] as const;
export const WORKLOADS = [...CONTROLLERS, ...TOP_WORKLOADS] as const;

const out = (type: RuleStep["type"], kind?: string): RuleStep => ({ type, direction: "out", ...(kind ? { kind } : {}) });
const into = (type: RuleStep["type"], kind?: string): RuleStep => ({ type, direction: "in", ...(kind ? { kind } : {}) });

const OWNER = into("CONTROLS");
const CHILD = out("CONTROLS");

/** The same resource, whatever its kind. */
export const SAME: readonly Way[] = [{ as: "same", path: [], causeKinds: ["*"], effectKinds: ["*"] }];

/** The same resource of one of these kinds. */
export function same(...kinds: readonly string[]): readonly Way[] {
  return [{ as: "same", path: [], causeKinds: kinds, effectKinds: kinds }];
}

/** A pod's failure, caused by what controls it. */
export const BY_WORKLOAD: readonly Way[] = [
  { as: "owner", path: [OWNER], causeKinds: CONTROLLERS, effectKinds: ["Pod"] },
  { as: "deployment", path: [OWNER, OWNER], causeKinds: TOP_WORKLOADS, effectKinds: ["Pod"] },
];

/** A controller's failure, caused by the workload that controls it. */
export const BY_PARENT: readonly Way[] = [{ as: "parent", path: [OWNER], causeKinds: TOP_WORKLOADS, effectKinds: CONTROLLERS }];

/** A workload's failure, caused by its pods. */
export const BY_PODS: readonly Way[] = [
  { as: "pods", path: [CHILD], causeKinds: ["Pod"], effectKinds: CONTROLLERS },
  { as: "pods-of-controller", path: [CHILD, CHILD], causeKinds: ["Pod"], effectKinds: TOP_WORKLOADS },
];

/** A workload's failure, caused by the controllers it made. */
export const BY_CONTROLLERS: readonly Way[] = [{ as: "controller", path: [CHILD], causeKinds: CONTROLLERS, effectKinds: TOP_WORKLOADS }];

/** A pod's failure, caused by its node. */
export const BY_NODE: readonly Way[] = [{ as: "node", path: [out("RUNS_ON", "Node")], causeKinds: ["Node"], effectKinds: ["Pod"] }];

/** A failure on a pod, caused by a node it could not be placed on: it has none of its own yet. */
export const BY_ANY_NODE: readonly Way[] = [
  {
    as: "any-node",
    path: [{ type: "NAMESPACE", direction: "out", kind: "Node", namespace: "*" }],
    causeKinds: ["Node"],
    effectKinds: ["Pod"],
  },
];

/** A pod's failure, caused by what it uses; also when only its workload tells what it uses. */
export function byUsed(...kinds: readonly string[]): readonly Way[] {
  return [
    { as: "used", path: USED, causeKinds: kinds, effectKinds: ["Pod"] },
    { as: "used-by-owner", path: USED_BY_OWNER, causeKinds: kinds, effectKinds: ["Pod"] },
    { as: "used-by-deployment", path: USED_BY_DEPLOYMENT, causeKinds: kinds, effectKinds: ["Pod"] },
  ];
}

const USED: readonly RuleStep[] = [out("USES")];
const USED_BY_OWNER: readonly RuleStep[] = [OWNER, out("USES")];
const USED_BY_DEPLOYMENT: readonly RuleStep[] = [OWNER, OWNER, out("USES")];

/** A caller's failure, caused by the Service it calls; also when only its workload tells what it calls, or only the text names it. */
export const BY_CALLED: readonly Way[] = [
  { as: "called", path: [out("CALLS")], causeKinds: ["Service"], effectKinds: ["Pod", ...WORKLOADS] },
  { as: "called-by-owner", path: [OWNER, out("CALLS")], causeKinds: ["Service"], effectKinds: ["Pod"] },
  { as: "called-by-deployment", path: [OWNER, OWNER, out("CALLS")], causeKinds: ["Service"], effectKinds: ["Pod"] },
];

/** A caller's failure, caused by a pod behind the Service it calls. */
export const BY_CALLEE: readonly Way[] = [
  { as: "callee", path: [out("CALLS", "Service"), out("SELECTS", "Pod")], causeKinds: ["Pod"], effectKinds: ["Pod"] },
  { as: "callee-of-owner", path: [OWNER, out("CALLS", "Service"), out("SELECTS", "Pod")], causeKinds: ["Pod"], effectKinds: ["Pod"] },
];

/** A Service's failure, caused by the pods it selects. */
export const BY_SELECTED: readonly Way[] = [{ as: "selected", path: [out("SELECTS")], causeKinds: ["Pod"], effectKinds: ["Service"] }];

/** A Service's failure, caused by the workload of the pods it selects (or did until just now). */
export const BY_SELECTED_WORKLOAD: readonly Way[] = [
  { as: "owner", path: [out("SELECTS"), OWNER], causeKinds: CONTROLLERS, effectKinds: ["Service"] },
  { as: "deployment", path: [out("SELECTS"), OWNER, OWNER], causeKinds: TOP_WORKLOADS, effectKinds: ["Service"] },
];

/** From a resource to those of a kind in its namespace. */
export function inNamespace(causeKind: string, effectKinds: readonly string[]): readonly Way[] {
  return [
    {
      as: `namespace-${causeKind.toLowerCase()}`,
      path: [{ type: "NAMESPACE", direction: "out", kind: causeKind }],
      causeKinds: [causeKind],
      effectKinds,
    },
  ];
}

/** From a resource to those of a kind anywhere in the cluster. */
export function inCluster(causeKind: string, effectKinds: readonly string[]): readonly Way[] {
  return [
    {
      as: `cluster-${causeKind.toLowerCase()}`,
      path: [{ type: "NAMESPACE", direction: "out", kind: causeKind, namespace: "*" }],
      causeKinds: [causeKind],
      effectKinds,
    },
  ];
}

/** One way over one edge. */
export function over(
  type: Exclude<RuleStep["type"], "NAMESPACE">,
  direction: "out" | "in",
  causeKinds: readonly string[],
  effectKinds: readonly string[],
): readonly Way[] {
  return [{ as: type.toLowerCase().replaceAll("_", "-"), path: [{ type, direction }], causeKinds, effectKinds }];
}

/** One way over several edges. */
export function along(
  as: string,
  path: readonly RuleStep[],
  causeKinds: readonly string[],
  effectKinds: readonly string[],
): readonly Way[] {
  return [{ as, path, causeKinds, effectKinds }];
}

/** The containers' own failures. */
export const CRASHES = ["container-exit", "crash-loop", "init-failure", "restart", "pod-failed"] as const;
export const PROBES = ["liveness-failing", "readiness-failing", "startup-failing"] as const;
/** What an application says when something it needs does not answer. */
export const CALL_ERRORS = [
  "connection-error",
  "dns-error",
  "tls-error",
  "protocol-mismatch",
  "broker-error",
  "database-error",
  "upstream-error",
] as const;
/** What an application says when it does not work, whatever the reason. */
export const OUTCOMES = ["app-error", "http-error", "crash-log"] as const;
