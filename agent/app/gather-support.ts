// Gathers the support bundle: what is known of this agent, and the names that it must not tell.
import { type Config, maskedConfig } from "../config/config.ts";
import { supportBundle } from "../operations/support.ts";
import { systemClock } from "../platform/clock.ts";
import { VERSION } from "../platform/version.ts";
import type { GraphReader, HealthFinding } from "../store/port.ts";

/** The bundle. Rejects with StoreFault when the store cannot be asked. */
export async function gatherSupport(
  config: Config,
  { store, findings, metrics }: { readonly store: GraphReader; readonly findings: readonly HealthFinding[]; readonly metrics: string },
): Promise<unknown> {
  const { contexts, namespaces } = config.kubernetes;
  const clusters = await store.clusters();
  return supportBundle({
    kgroot: VERSION,
    atMs: systemClock.nowMs(),
    settings: maskedConfig(config),
    findings,
    stats: await store.stats(),
    metrics,
    names: [config.cluster, ...clusters, ...contexts, ...namespaces],
  });
}
