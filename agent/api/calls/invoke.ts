// The one way into a call: role, parameters, then one store-wide job at a time.
import type { Role, RpcMethods } from "../../protocol/rpc.ts";
import type { Progress } from "../../store/port.ts";
import { ApiFault } from "../fault.ts";
import { check } from "../schemas/validate.ts";
import type { AgentServices } from "../services.ts";
import { ADMIN_CALLS, HEALTH_CALLS } from "./admin-calls.ts";
import type { Call, CallName, CallTable } from "./call.ts";
import { GRAPH_CALLS } from "./graph-calls.ts";
import { INCIDENT_CALLS } from "./incident-calls.ts";
import { JUDGEMENT_CALLS } from "./judgement-calls.ts";
import { LIVE_CALLS } from "./live-calls.ts";

/** Every call that HTTP and WebSocket offer. */
export const CALLS: CallTable = { ...INCIDENT_CALLS, ...GRAPH_CALLS, ...JUDGEMENT_CALLS, ...ADMIN_CALLS, ...LIVE_CALLS, ...HEALTH_CALLS };

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Whether a role may do what `needed` may do. */
export function mayAct(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** Whether a word names a call. */
export function isCallName(word: string): word is CallName {
  return Object.hasOwn(CALLS, word);
}

/** Who calls, and how to reach them meanwhile. */
export type Caller = { readonly role: Role; readonly signal: AbortSignal; readonly progress: Progress };

/** Runs a call with parameters as they came; throws ApiFault or StoreFault. */
export type Invoke = <M extends CallName>(name: M, params: unknown, caller: Caller) => Promise<RpcMethods[M][1]>;

/** What calls run on. */
export type InvokeOptions = { readonly services: AgentServices; readonly nowMs: () => number; readonly filesDir: string | undefined };

/** The calls over one set of services. */
export function createInvoke({ services, nowMs, filesDir }: InvokeOptions): Invoke {
  let running: CallName | undefined;
  return async <M extends CallName>(name: M, params: unknown, caller: Caller) => {
    const call: Call<M> = CALLS[name];
    if (!mayAct(caller.role, call.role))
      throw new ApiFault("forbidden", `${name} needs the role ${call.role}; this token has ${caller.role}`);
    check(call.params, params);
    const context = { services, nowMs: nowMs(), signal: caller.signal, progress: caller.progress, filesDir };
    if (!call.exclusive) return call.run(params as RpcMethods[M][0], context);
    if (running) throw new ApiFault("conflict", `${running} is running; wait for it or cancel it`);
    running = name;
    try {
      return await call.run(params as RpcMethods[M][0], context);
    } finally {
      running = undefined;
    }
  };
}
