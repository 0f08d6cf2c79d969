// Fields that a controller rewrites although nothing happened.

/** Names of the fields that only say "still there". */
export const HEARTBEAT_FIELDS: ReadonlySet<string> = new Set(["lastHeartbeatTime", "lastProbeTime", "lastUpdateTime", "renewTime"]);
