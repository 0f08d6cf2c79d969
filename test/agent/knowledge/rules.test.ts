// The causal knowledge as a whole: every class has members and a part to play, every rule is sound, no symptom causes its own cause.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EPISODE_TYPES } from "../../../agent/domain/episode.ts";
import { RELATION_TYPES } from "../../../agent/domain/relation.ts";
import { CLASSES } from "../../../agent/knowledge/class-table.ts";
import { classById, classesOf } from "../../../agent/knowledge/classes.ts";
import { EVENT_REASONS } from "../../../agent/knowledge/event-reasons.ts";
import { CHANGES, FINDINGS } from "../../../agent/knowledge/findings.ts";
import { LOG_PATTERNS } from "../../../agent/knowledge/log-patterns.ts";
import type { CausalRule } from "../../../agent/knowledge/rule.ts";
import { pathsForEffect, RULE_DRAFTS, RULES, ruleById, rulesForCause, rulesForEffect } from "../../../agent/knowledge/rules.ts";
import { SCHEDULING_CAUSES } from "../../../agent/knowledge/scheduling-message.ts";

const KINDS = new Set([
  "*",
  "Pod",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "ReplicationController",
  "Deployment",
  "CronJob",
  "Rollout",
  "DeploymentConfig",
  "Node",
  "Service",
  "Namespace",
  "ConfigMap",
  "Secret",
  "ServiceAccount",
  "PriorityClass",
  "RuntimeClass",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "StorageClass",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "ResourceQuota",
  "LimitRange",
  "Ingress",
  "Gateway",
  "HTTPRoute",
  "GRPCRoute",
  "TCPRoute",
  "TLSRoute",
  "VirtualService",
  "HorizontalPodAutoscaler",
  "ScaledObject",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "Certificate",
  "ExternalSecret",
  "HelmRelease",
  "Kustomization",
  "Application",
]);

test("every class is whole, is found by each of its members, and is cause or effect of a rule", () => {
  assert.equal(new Set(CLASSES.map(({ id }) => id)).size, CLASSES.length);
  for (const { id, members, phrase, rootness } of CLASSES) {
    assert.match(id, /^[a-z][a-z-]*$/);
    assert.ok(phrase.length > 4 && rootness >= 0 && rootness <= 1, id);
    assert.ok(
      members.some(({ reasons }) => reasons.length > 0),
      id,
    );
    assert.ok(
      RULES.some(({ cause, effect }) => cause === id || effect === id),
      `${id} takes part in no rule`,
    );
    for (const { etype, reasons } of members) {
      assert.ok(etype === undefined || EPISODE_TYPES.some((known) => known === etype), id);
      for (const reason of reasons) assert.ok(classesOf({ etype: etype ?? "k8s.state", reason }).includes(id), `${id}: ${reason}`);
    }
  }
});

test("every finding, change, log pattern and event at WARNING or worse has a class", () => {
  for (const reason of Object.keys(FINDINGS)) assert.ok(ownClasses("k8s.state", reason).length > 0, `finding ${reason}`);
  for (const reason of Object.keys(CHANGES)) assert.ok(classesOf({ etype: "k8s.change", reason }).length > 0, `change ${reason}`);
  for (const { id } of LOG_PATTERNS)
    if (id !== "ImageGarbageCollectionFailed")
      assert.ok(
        ownClasses("k8s.log", id).some((known) => known !== "app-error"),
        `pattern ${id}`,
      );
  for (const [reason, { severity }] of Object.entries(EVENT_REASONS)) {
    assert.equal(classesOf({ etype: "k8s.event", reason }).includes("other-event"), false, reason);
    if (severity !== "INFO") assert.ok(classesOf({ etype: "k8s.event", reason }).length > 0, `event ${reason}`);
  }
});

test("every cause of FailedScheduling has a class of its own", () => {
  for (const reason of SCHEDULING_CAUSES)
    assert.ok(
      ownClasses("k8s.event", reason).some((id) => id !== "failure"),
      reason,
    );
});

test("words nobody told us fall back, expected ones have no part", () => {
  assert.deepEqual(classesOf({ etype: "k8s.event", reason: "GremlinSeen" }), ["other-event"]);
  assert.deepEqual(classesOf({ etype: "k8s.log", reason: "LogError" }), ["app-error"]);
  assert.deepEqual(classesOf({ etype: "prom.alert", reason: "ShopIsSad" }), ["alert"]);
  assert.deepEqual(classesOf({ etype: "prom.alert", reason: "Watchdog" }), []);
  assert.deepEqual(classesOf({ etype: "prom.alert", reason: "CheckoutP99TooHigh" }), ["latency-high", "suffers", "alert"]);
  assert.deepEqual(classesOf({ etype: "prom.alert", reason: "PaymentsErrorRate" }), ["errors-high", "suffers", "alert"]);
  assert.deepEqual(classesOf({ etype: "k8s.event", reason: "Scheduled" }), []);
  assert.deepEqual(classesOf({ etype: "k8s.change", reason: "Created" }), ["created"]);
  assert.equal(classById("nonsense"), undefined);
});

test("every rule is whole: real classes and kinds, a short path, scores in range, words and a source", () => {
  assert.ok(RULE_DRAFTS.length >= 120);
  assert.equal(new Set(RULE_DRAFTS.map(({ id }) => id)).size, RULE_DRAFTS.length);
  for (const rule of RULES) {
    assert.equal(ruleById(rule.id), rule, `${rule.id} is not unique`);
    assert.match(rule.id, /^[a-z][a-z-]*$/);
    assert.ok(classById(rule.cause) && classById(rule.effect), rule.id);
    assert.ok(rule.path.length <= 3, `${rule.id}: longer than the default bound on hops`);
    for (const { type, kind, namespace } of rule.path) {
      assert.ok(
        type === "NAMESPACE" ? kind !== undefined : RELATION_TYPES.some((known) => known === type) && namespace === undefined,
        rule.id,
      );
      assert.ok(kind === undefined || KINDS.has(kind), rule.id);
    }
    for (const kind of [...rule.causeKinds, ...rule.effectKinds]) assert.ok(KINDS.has(kind), `${rule.id}: ${kind}`);
    for (const score of [rule.domain, rule.strength]) assert.ok(score > 0 && score <= 1, rule.id);
    assert.match(rule.sentence, /\{effect\}/, rule.id);
    assert.match(rule.sentence, /\{cause\}|^\{effect\}/, rule.id);
    assert.ok(rule.example.length > 8 && rule.source.length > 8, rule.id);
  }
});

test("a change is never an effect", () => {
  const edits = CLASSES.filter(({ members }) => members.every(({ etype }) => etype === "k8s.change")).map(({ id }) => id);
  assert.ok(edits.length > 20);
  for (const { id, effect } of RULES) assert.ok(!edits.includes(effect), id);
});

test("no two rules say the same", () => {
  const seen = new Map<string, CausalRule[]>();
  for (const rule of RULES) {
    const key = `${rule.cause}|${rule.effect}|${JSON.stringify(rule.path)}`;
    const others = seen.get(key) ?? [];
    for (const other of others)
      assert.ok(!meet(rule.causeKinds, other.causeKinds) || !meet(rule.effectKinds, other.effectKinds), `${rule.id} and ${other.id}`);
    seen.set(key, [...others, rule]);
  }
});

test("no symptom causes its own cause: no two rules lead there and back", () => {
  assert.deepEqual(thereAndBack(RULES), []);
  const [rule] = rulesForEffect("crash-loop", "Pod").filter(({ cause }) => cause === "oom-kill");
  assert.ok(rule);
  const planted = { ...rule, id: "planted", cause: "crash-loop", effect: "oom-kill" };
  assert.ok(thereAndBack([...RULES, planted]).length > 0, "a planted rule is found");
});

test("on one resource causation has no cycle of any length", () => {
  const next = new Map<string, Set<string>>();
  for (const { cause, effect, path } of RULES) {
    if (path.length > 0 || cause === effect) continue;
    for (const word of WORDS.get(cause) ?? []) {
      const effects = next.get(word) ?? new Set();
      next.set(word, effects);
      for (const other of WORDS.get(effect) ?? []) effects.add(other);
    }
  }
  const done = new Set<string>();
  const visit = (word: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(word), [...trail, word].join(" causes "));
    if (done.has(word)) return;
    for (const other of next.get(word) ?? []) visit(other, [...trail, word]);
    done.add(word);
  };
  for (const word of next.keys()) visit(word, []);
});

test("two pods on one node never explain each other by it", () => {
  for (const { id, path } of RULES)
    assert.ok(
      !path.some(({ type, direction }, index) => type === "RUNS_ON" && direction === "out" && path[index + 1]?.type === "RUNS_ON"),
      id,
    );
});

test("the fixed domain scores hold", () => {
  const check = (causes: readonly string[], effects: readonly string[], domain: number) => {
    for (const cause of causes) {
      for (const effect of effects) {
        const rules = RULES.filter((rule) => rule.cause === cause && rule.effect === effect);
        assert.ok(rules.length > 0, `no rule from ${cause} to ${effect}`);
        for (const rule of rules) assert.equal(rule.domain, domain, rule.id);
      }
    }
  };
  for (const rule of RULES.filter(({ cause, effect, path }) => cause === "oom-kill" && effect === "crash-loop" && path.length === 0))
    assert.equal(rule.domain, 0.95);
  check(["image-failure", "image-not-found", "image-denied", "registry-unreachable"], ["pod-pending"], 0.9);
  check(["node-down"], ["evicted"], 0.9);
  check(["connection-error"], ["app-error", "http-error", "crash-log", "container-exit"], 0.7);
  check(["database-error"], ["http-error", "app-error"], 0.65);
  check(["app-error"], ["app-error", "http-error", "other-event"], 0.5);
  check(["trouble"], ["other-event"], 0.4);
});

test("each index gives exactly the rules of its class and kind", () => {
  for (const { id } of CLASSES) {
    for (const kind of ["Pod", "Service", "Node", "Deployment", "Gizmo"]) {
      const byEffect = RULES.filter(
        ({ effect, effectKinds }) => effect === id && (effectKinds.includes(kind) || effectKinds.includes("*")),
      );
      const byCause = RULES.filter(({ cause, causeKinds }) => cause === id && (causeKinds.includes(kind) || causeKinds.includes("*")));
      assert.deepEqual(rulesForEffect(id, kind), byEffect);
      assert.deepEqual(rulesForCause(id, kind), byCause);
      const grouped = pathsForEffect(id, kind).flatMap(({ byCause: groups }) => [...groups.values()].flat());
      assert.deepEqual(new Set(grouped), new Set(byEffect));
    }
  }
  assert.deepEqual(rulesForEffect("nonsense", "Pod"), []);
});

test("what people expect is explained", () => {
  const check = (cause: string, effect: string, kinds: readonly [string, string], path: string) =>
    assert.ok(
      rulesForEffect(effect, kinds[1]).some(
        (rule) => rule.cause === cause && meet(rule.causeKinds, [kinds[0]]) && route(rule.path) === path,
      ),
      `${cause} to ${effect}`,
    );
  check("configuration-change", "crash-loop", ["ConfigMap", "Pod"], "USES>");
  check("configuration-change", "crash-loop", ["ConfigMap", "Pod"], "CONTROLS<CONTROLS<USES>");
  check("image-change", "image-failure", ["Deployment", "Pod"], "CONTROLS<CONTROLS<");
  check("pod-stopped", "no-endpoints", ["Pod", "Service"], "SELECTS>");
  check("no-endpoints", "connection-error", ["Service", "Pod"], "CALLS>");
  check("node-down", "evicted", ["Node", "Pod"], "RUNS_ON>");
  check("quota-exhausted", "quota-exceeded", ["ResourceQuota", "ReplicaSet"], "NAMESPACE>");
  check("claim-pending", "claim-unbound", ["PersistentVolumeClaim", "Pod"], "USES>");
  check("selector-change", "no-endpoints", ["Service", "Service"], "");
  check("policy-change", "connection-error", ["NetworkPolicy", "Pod"], "CALLS>SELECTS>GUARDS<");
  check("cordoned", "cordon-blocks", ["Node", "Pod"], "NAMESPACE>");
});

/** Classes that name the word itself, not those it falls back to. */
function ownClasses(etype: string, reason: string): readonly string[] {
  return CLASSES.filter(({ members }) =>
    members.some((member) => (member.etype ?? etype) === etype && member.reasons.includes(reason)),
  ).map(({ id }) => id);
}

/** Members of each class as `etype|reason`. Reasons stand for themselves here: a fall-back `*` is a word of its own. */
const WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  CLASSES.map(({ id, members }) => [
    id,
    new Set(
      members.flatMap(({ etype, reasons }) =>
        reasons.flatMap((reason) => (etype ? [etype] : EPISODE_TYPES).map((type) => `${type}|${reason}`)),
      ),
    ),
  ]),
);

/** Pairs of rules of which one takes back what the other says. Within one class the earlier episode is the cause: linking sees to that. */
function thereAndBack(rules: readonly CausalRule[]): readonly string[] {
  const shared = new Map<string, boolean>();
  const overlap = (a: string, b: string): boolean => {
    const key = `${a}|${b}`;
    const known = shared.get(key) ?? [...(WORDS.get(a) ?? [])].some((word) => WORDS.get(b)?.has(word) === true);
    shared.set(key, known);
    return known;
  };
  const byRoute = Map.groupBy(rules, ({ path }) => route(path));
  return rules.flatMap((there) =>
    (byRoute.get(route(turned(there.path))) ?? []).flatMap((back) => {
      if (there.cause === there.effect && back.cause === back.effect) return [];
      const opposite = overlap(there.cause, back.effect) && overlap(there.effect, back.cause);
      return opposite && meet(there.causeKinds, back.effectKinds) && meet(there.effectKinds, back.causeKinds)
        ? [`${there.id} and ${back.id}`]
        : [];
    }),
  );
}

function meet(a: readonly string[], b: readonly string[]): boolean {
  return a.includes("*") || b.includes("*") || a.some((kind) => b.includes(kind));
}

function route(path: CausalRule["path"]): string {
  return path.map(({ type, direction }) => `${type}${type === "NAMESPACE" || direction === "out" ? ">" : "<"}`).join("");
}

function turned(path: CausalRule["path"]): CausalRule["path"] {
  return path.map((step) => ({ ...step, direction: step.direction === "out" ? ("in" as const) : ("out" as const) })).reverse();
}
