// Label selectors: parsing the API's form and matching it against labels.
import type { Json } from "../domain/kube-object.ts";
import { objectAt, objectsAt, textAt, textsAt } from "./topology/fields.ts";

/** One requirement of `matchExpressions`. */
export type SelectorRequirement = { readonly key: string; readonly operator: string; readonly values: readonly string[] };

/**
 * A `metav1.LabelSelector`, parsed. An empty one matches everything, as in the API; where a kind gives "empty" or "absent" another meaning
 * (a Service without selector selects nothing, an absent PodDisruptionBudget selector likewise), `selectsOf` does not return a selector at all.
 */
export type Selector = {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly SelectorRequirement[];
};

/** Labels of a resource. */
export type Labels = Readonly<Record<string, string>>;

/** A LabelSelector from its JSON; anything that is not one is the empty selector. */
export function parseSelector(json: Json | undefined): Selector {
  const matchExpressions = objectsAt(json, "matchExpressions").map((entry) => ({
    key: textAt(entry, "key") ?? "",
    operator: textAt(entry, "operator") ?? "",
    values: textsAt(entry, "values"),
  }));
  return { matchLabels: labelsAt(json, "matchLabels"), matchExpressions };
}

/** The selector that a plain map of labels stands for (Service, ReplicationController, nodeSelector). */
export function selectorOfLabels(json: Json | undefined): Selector {
  return { matchLabels: labelsAt(json), matchExpressions: [] };
}

/** Whether a selector asks for nothing at all, and so matches everything. */
export function isEmptySelector(selector: Selector): boolean {
  return selector.matchExpressions.length === 0 && Object.keys(selector.matchLabels).length === 0;
}

/** Whether labels satisfy every requirement of a selector. An operator the API does not know matches nothing. */
export function selectorMatches(selector: Selector, labels: Labels): boolean {
  for (const key in selector.matchLabels) if (labelValue(labels, key) !== selector.matchLabels[key]) return false;
  return selector.matchExpressions.every((requirement) => requirementHolds(requirement, labels));
}

/** `app=foo,tier in (web,api)`: the selector as kubectl takes it after `-l`. */
export function selectorText(selector: Selector): string {
  const equal = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...equal, ...selector.matchExpressions.map(requirementText)].join(",");
}

function requirementHolds({ key, operator, values }: SelectorRequirement, labels: Labels): boolean {
  const value = labelValue(labels, key);
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    // As in apimachinery: a label that is absent is "not in" every set.
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}

function requirementText({ key, operator, values }: SelectorRequirement): string {
  if (operator === "Exists") return key;
  if (operator === "DoesNotExist") return `!${key}`;
  return `${key} ${operator === "NotIn" ? "notin" : "in"} (${values.join(",")})`;
}

function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function labelsAt(json: Json | undefined, ...path: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(json, ...path))) if (typeof value === "string") labels[key] = value;
  return labels;
}
