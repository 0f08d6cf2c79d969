// Who answers at an address: an agent, something else, or nobody.
import { ApiError } from "../../agent/client/errors.ts";
import { request } from "../../agent/client/http.ts";

/** What `/healthz` says of whoever answers there. */
export type Door = "agent" | "stranger" | "nobody";

const PROBE_MS = 10_000;

/** Asks once, for at most 10 s. */
export async function knock(url: string): Promise<Door> {
  try {
    const health: unknown = await request(url, { method: "GET", path: "/healthz" }, { timeoutMs: PROBE_MS });
    return typeof health === "object" && health !== null && "status" in health && "version" in health ? "agent" : "stranger";
  } catch (error) {
    return error instanceof ApiError ? "stranger" : "nobody";
  }
}
