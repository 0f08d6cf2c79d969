// The causal rules, and the two questions linking asks of them.

import type { CausalRule } from "./rule.ts";
import { expand } from "./rule-draft.ts";
import { CHANGE_RULES } from "./rules-changes.ts";
import { NODE_RULES } from "./rules-nodes.ts";
import { OWNER_RULES, POD_RULES } from "./rules-pods.ts";
import { REPORT_RULES } from "./rules-reports.ts";
import { SERVICE_RULES } from "./rules-services.ts";
import { STORAGE_RULES } from "./rules-storage.ts";

/** Every draft, as written. */
export const RULE_DRAFTS = [
  ...POD_RULES,
  ...OWNER_RULES,
  ...NODE_RULES,
  ...SERVICE_RULES,
  ...STORAGE_RULES,
  ...CHANGE_RULES,
  ...REPORT_RULES,
];

/** Every rule. Equal paths are one and the same array, so that a walk can be shared by all rules of its path. */
export const RULES: readonly CausalRule[] = sharePaths(expand(RULE_DRAFTS));

const BY_ID: ReadonlyMap<string, CausalRule> = new Map(RULES.map((rule) => [rule.id, rule]));
const BY_EFFECT = index(RULES, ({ effect, effectKinds }) => [effect, effectKinds]);
const BY_CAUSE = index(RULES, ({ cause, causeKinds }) => [cause, causeKinds]);

const GROUPS: ReadonlyMap<readonly CausalRule[], readonly PathRules[]> = new Map(
  [...BY_EFFECT.values()].flatMap((byKind) => [...byKind.values()].map((rules) => [rules, groupByPath(rules)] as const)),
);

/** Rules that can explain something of this class on a resource of this kind. */
export function rulesForEffect(classId: string, kind: string): readonly CausalRule[] {
  return ask(BY_EFFECT, classId, kind);
}

/** Rules by which something of this class on a resource of this kind can explain others. */
export function rulesForCause(classId: string, kind: string): readonly CausalRule[] {
  return ask(BY_CAUSE, classId, kind);
}

/** The rules for an effect that share a path: walk it once, then look a cause's classes up. */
export type PathRules = { readonly path: CausalRule["path"]; readonly byCause: ReadonlyMap<string, readonly CausalRule[]> };

/** The rules of `rulesForEffect`, grouped by path. */
export function pathsForEffect(classId: string, kind: string): readonly PathRules[] {
  return GROUPS.get(rulesForEffect(classId, kind)) ?? NO_PATHS;
}

/** The rule with this id. */
export function ruleById(id: string): CausalRule | undefined {
  return BY_ID.get(id);
}

type Index = ReadonlyMap<string, ReadonlyMap<string, readonly CausalRule[]>>;

const NONE: readonly CausalRule[] = [];
const NO_PATHS: readonly PathRules[] = [];

/** For a kind that no rule names, only those for any kind. */
function ask(byClass: Index, classId: string, kind: string): readonly CausalRule[] {
  const byKind = byClass.get(classId);
  return byKind?.get(kind) ?? byKind?.get("*") ?? NONE;
}

/** Each kind's list already holds the rules for any kind, in the order of the table. */
function index(rules: readonly CausalRule[], key: (rule: CausalRule) => readonly [string, readonly string[]]): Index {
  const byClass = new Map<string, CausalRule[]>();
  for (const rule of rules) byClass.set(key(rule)[0], [...(byClass.get(key(rule)[0]) ?? []), rule]);
  return new Map(
    [...byClass].map(([classId, ofClass]) => {
      const kinds = new Set(["*", ...ofClass.flatMap((rule) => key(rule)[1])]);
      return [
        classId,
        new Map([...kinds].map((kind) => [kind, ofClass.filter((rule) => key(rule)[1].includes("*") || key(rule)[1].includes(kind))])),
      ];
    }),
  );
}

function groupByPath(rules: readonly CausalRule[]): readonly PathRules[] {
  const groups = new Map<CausalRule["path"], Map<string, CausalRule[]>>();
  for (const rule of rules) {
    const byCause = groups.get(rule.path) ?? new Map<string, CausalRule[]>();
    groups.set(rule.path, byCause);
    byCause.set(rule.cause, [...(byCause.get(rule.cause) ?? []), rule]);
  }
  return [...groups].map(([path, byCause]) => ({ path, byCause }));
}

function sharePaths(rules: readonly CausalRule[]): readonly CausalRule[] {
  const shared = new Map<string, CausalRule["path"]>();
  return rules.map((rule) => {
    const text = JSON.stringify(rule.path);
    const path = shared.get(text) ?? rule.path;
    shared.set(text, path);
    return { ...rule, path };
  });
}
