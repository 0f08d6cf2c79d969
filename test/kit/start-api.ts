// The API over given services on a free loopback port, stopped when the test ends.
import type { TestContext } from "node:test";
import { type RunningApi, startApi } from "../../agent/api/api.ts";
import type { ApiOptions } from "../../agent/api/options.ts";
import type { AgentServices } from "../../agent/api/services.ts";
import { silentLogger } from "../../agent/platform/logger.ts";
import { createMetrics } from "../../agent/platform/metrics.ts";
import { splitAlerts } from "../../agent/sources/alerts/parse-alert.ts";
import { parseUpdates } from "../../agent/sources/updates/parse-updates.ts";
import { fakeServices } from "./fake-services.ts";

/** Three tokens, one for each role. */
export const TOKENS = [
  { role: "viewer", token: "viewer-token" },
  { role: "operator", token: "operator-token" },
  { role: "admin", token: "admin-token" },
] as const;

/** Starts it; without tokens unless told otherwise. */
export async function startTestApi(
  t: TestContext,
  services: AgentServices = fakeServices(),
  overrides: Partial<ApiOptions> = {},
): Promise<RunningApi & { readonly metrics: ReturnType<typeof createMetrics> }> {
  const metrics = createMetrics();
  const api = await startApi(services, {
    host: "127.0.0.1",
    port: 0,
    tokens: [],
    allowedOrigins: [],
    bodyBytesMax: 100_000,
    requestsPerMinuteMax: 10_000,
    logger: silentLogger,
    metrics,
    parseUpdates,
    splitAlerts,
    ...overrides,
  });
  t.after(() => api.stop());
  return { ...api, metrics };
}
