// A Kubernetes object as kgroot keeps it: the API's own shape, projected (no Secret values, bounded strings, who edited what).

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** One entry of `metadata.ownerReferences`. */
export type OwnerReference = {
  readonly apiVersion?: string | undefined;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string | undefined;
  readonly controller?: boolean | undefined;
};

/** Who last set which fields: one entry of `metadata.managedFields`, its field tree flattened to dotted paths. */
export type FieldOwner = {
  readonly manager: string;
  readonly atMs: number;
  readonly subresource?: string | undefined;
  /** Dotted paths such as `spec.template.spec.containers[app].image`; at most 200. */
  readonly paths: readonly string[];
};

/** `metadata` of an object, projected. */
export type ObjectMeta = {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
  readonly fieldOwners?: readonly FieldOwner[] | undefined;
};

/**
 * A Kubernetes object, projected by sources/kubernetes/project.ts. `spec` and `status` keep the API's own field names.
 * Other top-level fields (`data`, `endpoints`, `ports`, `subsets`, `provisioner`, `webhooks`, …) lie in `rest` under their own names;
 * a Secret's `data` holds key names with empty strings only.
 */
export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: JsonObject | undefined;
  readonly status?: JsonObject | undefined;
  readonly rest?: JsonObject | undefined;
  /** True when the record carried only hints (contracts.md §1 ResourceRecord without `object`): absent fields mean "not told", not "empty". */
  readonly partial?: boolean | undefined;
};
