// Label selectors: what matches, as apimachinery has it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmptySelector, parseSelector, selectorMatches, selectorOfLabels, selectorText } from "../../../agent/graph/selector.ts";

function check(selector: Parameters<typeof parseSelector>[0], labels: Record<string, string>, expected: boolean): void {
  assert.equal(selectorMatches(parseSelector(selector), labels), expected, JSON.stringify(selector));
}

test("all labels and all expressions must hold", () => {
  check({ matchLabels: { app: "web" } }, { app: "web", tier: "x" }, true);
  check({ matchLabels: { app: "web" } }, { app: "api" }, false);
  check({ matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "Exists" }] }, { app: "web" }, false);
});

test("the four operators", () => {
  const expression = (operator: string, values?: string[]) => ({
    matchExpressions: [{ key: "tier", operator, ...(values ? { values } : {}) }],
  });
  check(expression("In", ["a", "b"]), { tier: "b" }, true);
  check(expression("In", ["a"]), {}, false);
  check(expression("NotIn", ["a"]), { tier: "a" }, false);
  check(expression("NotIn", ["a"]), {}, true);
  check(expression("Exists"), { tier: "" }, true);
  check(expression("DoesNotExist"), {}, true);
  check(expression("DoesNotExist"), { tier: "" }, false);
  check(expression("Sometimes"), { tier: "a" }, false);
});

test("an empty selector matches everything, and labels are own properties only", () => {
  check({}, { any: "thing" }, true);
  check({ matchExpressions: [{ key: "constructor", operator: "Exists" }] }, {}, false);
  assert.equal(isEmptySelector(parseSelector(null)), true);
});

test("a selector as kubectl takes it", () => {
  assert.equal(selectorText(selectorOfLabels({ app: "web", bad: 3 })), "app=web");
  const expressions = [
    { key: "a", operator: "NotIn", values: ["x", "y"] },
    { key: "b", operator: "Exists" },
    { key: "c", operator: "DoesNotExist" },
  ];
  assert.equal(selectorText(parseSelector({ matchExpressions: expressions })), "a notin (x,y),b,!c");
});
