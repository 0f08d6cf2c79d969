// Edits of Services: selector, ports, and how they are reached.
import { deepEqual } from "../domain/deep-equal.ts";
import { changesFrom, type Edit } from "./change-found.ts";
import { type Leaf, leaves } from "./change-leaves.ts";
import type { ChangeDetector } from "./detector.ts";
import { at } from "./read-json.ts";

/** Set by the API server or by load balancer controllers. */
const ALLOCATED = new Set(["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"]);

/** Tells edits of a Service. */
export const changeService: ChangeDetector = {
  id: "change-service",
  kinds: ["Service"],
  reasons: ["SelectorChanged", "ServicePortsChanged", "SpecChanged"],
  detect(before, after) {
    if (deepEqual(before.spec, after.spec)) return [];
    const fields = [...new Set([...Object.keys(before.spec ?? {}), ...Object.keys(after.spec ?? {})])].filter(
      (field) => !ALLOCATED.has(field),
    );
    const edits = fields.flatMap((field) => {
      const [former, present] = [at(before.spec, field), at(after.spec, field)];
      // A selector label by label, also when the whole selector came or went.
      const whole = field === "selector" ? leaves(former ?? {}, present ?? {}, "spec.selector") : leaves(former, present, `spec.${field}`);
      return whole.filter((leaf) => !isAllocatedPort(leaf)).map((leaf) => edited(field, leaf));
    });
    return changesFrom(before, after, edits);
  },
};

function edited(field: string, leaf: Leaf): Edit {
  const what = leaf.path.slice("spec.".length);
  if (field === "selector") return { reason: "SelectorChanged", ...leaf, what: `${what} of the Service` };
  return { reason: field === "ports" ? "ServicePortsChanged" : "SpecChanged", ...leaf, what: `${what} of the Service` };
}

/** The API server picks a node port when a Service gets a type that has one. */
function isAllocatedPort({ path, before, after }: Leaf): boolean {
  return /\.nodePort$/i.test(path) && (before === undefined || after === undefined);
}
