// The shape of an edge that an object names.
import type { ResourceRef } from "../../domain/identity.ts";
import type { RelationType } from "../../domain/relation.ts";

/** An edge between the object and a resource that it names. */
export type Reference = {
  readonly type: RelationType;
  /** `out`: the object is the edge's source; `in`: it is the edge's target. */
  readonly direction: "out" | "in";
  readonly ref: ResourceRef;
  /** The field that names it, quoted: `spec.nodeName=node-1`. At most 200 characters. */
  readonly evidence?: string | undefined;
  /** The object works without it (`optional: true` of a volume or environment source). */
  readonly optional?: boolean | undefined;
};
