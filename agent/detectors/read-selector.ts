// Reads plain-map selectors (Service, nodeSelector) and the requirements of node selector terms.
import type { JsonObject } from "../domain/kube-object.ts";
import { objectAt, textAt, textMapAt, textsAt } from "./read-json.ts";

/** Labels to be matched against. */
export type Labels = ReadonlyMap<string, string>;

/** The labels of a record, as selectors take them. */
export function labelsFrom(record: Readonly<Record<string, string>> | undefined): Labels {
  return new Map(Object.entries(record ?? {}));
}

/** Whether every wanted label is there with that value. An empty map matches everything: callers decide what empty means. */
export function matchesMap(wanted: Labels, labels: Labels): boolean {
  return [...wanted].every(([key, value]) => labels.get(key) === value);
}

/** Whether one `{key, operator, values}` requirement holds (In, NotIn, Exists, DoesNotExist, and Gt, Lt of node selectors). */
export function matchesExpression(expression: JsonObject, labels: Labels): boolean {
  const key = textAt(expression, "key");
  if (key === undefined) return false;
  const value = labels.get(key);
  const values = textsAt(expression, "values");
  switch (textAt(expression, "operator")) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number.parseInt(value, 10) > Number.parseInt(values[0] ?? "", 10);
    case "Lt":
      return value !== undefined && Number.parseInt(value, 10) < Number.parseInt(values[0] ?? "", 10);
    default:
      return false;
  }
}

/** `a=b,c=d`, as a sentence and as kubectl's `-l` take it. */
export function selectorText(wanted: Labels): string {
  return [...wanted].map(([key, value]) => `${key}=${value}`).join(",");
}

/** The plain-map selector of a Service. Empty when it has none. */
export function serviceSelector(spec: JsonObject | undefined): Labels {
  return textMapAt(objectAt(spec), "selector");
}
