// Reads `status.conditions`, the way most kinds say how they are.
import type { JsonObject, KubeObject } from "../domain/kube-object.ts";
import { remembered } from "../domain/remember.ts";
import { numberAt, objectsAt, textAt, timeMsAt } from "./read-json.ts";

/** One entry of `status.conditions`. `status` is `True`, `False` or `Unknown`. */
export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** `lastTransitionTime`. */
  readonly sinceMs?: number | undefined;
  readonly observedGeneration?: number | undefined;
};

/** All well-formed conditions of an object, in its own order. */
export function conditionsOf({ status }: KubeObject): readonly Condition[] {
  return status === undefined ? [] : conditionsIn(status);
}

const conditionsIn = remembered((status: JsonObject): readonly Condition[] => objectsAt(status, "conditions").flatMap(parseCondition));

/** The condition of this type, undefined when the object does not have it. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

/** `type=status reason: message`, as evidence quotes a condition. */
export function conditionText(condition: Condition): string {
  const why = [condition.reason, condition.message].filter((part) => part !== undefined).join(": ");
  return why === "" ? `${condition.type}=${condition.status}` : `${condition.type}=${condition.status} ${why}`;
}

function parseCondition(entry: JsonObject): readonly Condition[] {
  const type = textAt(entry, "type");
  const status = textAt(entry, "status");
  if (type === undefined || status === undefined) return [];
  return [
    {
      type,
      status,
      reason: textAt(entry, "reason"),
      message: textAt(entry, "message"),
      sinceMs: timeMsAt(entry, "lastTransitionTime"),
      observedGeneration: numberAt(entry, "observedGeneration"),
    },
  ];
}
