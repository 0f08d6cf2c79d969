// The schema of contracts.md §2 and ours: labels, keys that are unique per cluster, and the named indexes.
//
// Times in `…_ms` are epoch milliseconds; what other programs read (`event_time`, `updated_at`, `window_start`, `window_end`, `valid_from`, `valid_to`) is a datetime beside them.
// `end_ms` of what lives or holds is HOLDS_MS, so that one range of one index finds it together with what ended lately.

/** A key: unique, made by a constraint, never dropped by `dropIndexes`. */
export type KeyDefinition = { readonly name: string; readonly label: string; readonly properties: readonly string[] };

/** Version of this schema; a database of a later one is refused. */
export const SCHEMA_VERSION = 1;

/** Unique keys (contracts.md §2: unique per cluster, which `client_id` holds). */
export const KEYS: readonly KeyDefinition[] = [
  { name: "resource_rid", label: "Resource", properties: ["client_id", "rid"] },
  { name: "episodic_eid", label: "Episodic", properties: ["client_id", "eid"] },
  { name: "incident_id", label: "Incident", properties: ["client_id", "id"] },
  { name: "prom_target_tid", label: "PromTarget", properties: ["client_id", "tid"] },
  { name: "rule_rkey", label: "Rule", properties: ["client_id", "rkey"] },
  { name: "episodic_alias", label: "EpisodicAlias", properties: ["client_id", "alias"] },
  { name: "incident_alias", label: "IncidentAlias", properties: ["client_id", "alias"] },
  { name: "kg_cluster_name", label: "KgCluster", properties: ["name"] },
  { name: "kg_checkpoint_key", label: "KgCheckpoint", properties: ["key"] },
  { name: "kg_mute_id", label: "KgMute", properties: ["id"] },
  { name: "kg_feedback_key", label: "KgFeedback", properties: ["client_id", "incident", "rid", "reason"] },
  { name: "kg_meta_key", label: "KgMeta", properties: ["key"] },
];

/** Secondary indexes; nothing but speed depends on them. */
export const INDEXES: readonly KeyDefinition[] = [
  { name: "resource_uid", label: "Resource", properties: ["uid"] },
  { name: "resource_name", label: "Resource", properties: ["ns", "name"] },
  { name: "resource_named", label: "Resource", properties: ["name"] },
  { name: "resource_kind", label: "Resource", properties: ["client_id", "kind"] },
  { name: "resource_end", label: "Resource", properties: ["client_id", "end_ms"] },
  { name: "episodic_time", label: "Episodic", properties: ["event_time"] },
  { name: "episodic_end", label: "Episodic", properties: ["client_id", "end_ms"] },
  { name: "episodic_severity", label: "Episodic", properties: ["severity"] },
  { name: "episodic_reason", label: "Episodic", properties: ["reason"] },
  { name: "incident_last", label: "Incident", properties: ["last_ms"] },
  { name: "incident_cause", label: "Incident", properties: ["client_id", "root_kind", "root_reason", "first_ms"] },
  { name: "state_end", label: "ResourceState", properties: ["to_ms"] },
];

/** Every label that is ours alone; a kind of this name gets a label of another name. */
export const OWN_LABELS: ReadonlySet<string> = new Set(["ResourceState", ...KEYS.map(({ label }) => label)]);

/** The label of a resource's kind. Kinds come from the cluster and may be anything. */
export function kindLabel(kind: string): string {
  const label = kind.slice(0, 100);
  if (label === "") return "UnknownKind";
  return OWN_LABELS.has(label) ? `${label}Kind` : label;
}
