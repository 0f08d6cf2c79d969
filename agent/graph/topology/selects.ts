// Which pods an object selects by labels: the edges that have no name in them.
import type { KubeObject } from "../../domain/kube-object.ts";
import { remembered } from "../../domain/remember.ts";
import type { Selector } from "../selector.ts";
import { isEmptySelector, parseSelector, selectorOfLabels } from "../selector.ts";
import { isJsonObject, valueAt } from "./fields.ts";

/** All pods of `namespace` whose labels match `selector` are targets of an edge from the object. */
export type Selects = {
  readonly type: "SELECTS" | "GUARDS";
  readonly targetKind: "Pod";
  readonly namespace: string;
  readonly selector: Selector;
};

/**
 * What an object selects; undefined when it selects nothing by labels. A Service without a selector selects nothing (its endpoints are managed by hand); an empty
 * `podSelector` of a NetworkPolicy and an empty selector of a policy/v1 PodDisruptionBudget select every pod of the namespace, an absent one of the latter none.
 */
export const selectsOf = remembered((object: KubeObject): Selects | undefined => {
  const { spec, metadata } = object;
  const { namespace } = metadata;
  if (!namespace || !spec) return undefined;
  switch (object.kind) {
    case "Service": {
      const selector = selectorOfLabels(valueAt(spec, "selector"));
      if (isEmptySelector(selector) || valueAt(spec, "type") === "ExternalName") return undefined;
      return { type: "SELECTS", targetKind: "Pod", namespace, selector };
    }
    case "NetworkPolicy":
      return { type: "GUARDS", targetKind: "Pod", namespace, selector: parseSelector(valueAt(spec, "podSelector")) };
    case "PodDisruptionBudget": {
      const json = valueAt(spec, "selector");
      if (!isJsonObject(json)) return undefined;
      const selector = parseSelector(json);
      // policy/v1beta1: an empty selector matched no pod.
      if (isEmptySelector(selector) && object.apiVersion === "policy/v1beta1") return undefined;
      return { type: "GUARDS", targetKind: "Pod", namespace, selector };
    }
    default:
      return undefined;
  }
});
