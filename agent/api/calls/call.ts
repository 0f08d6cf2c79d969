// The shape of a call: one entry serves its HTTP routes and its JSON-RPC method alike.
import type { TSchema } from "typebox";
import type { Role, RpcMethods } from "../../protocol/rpc.ts";
import type { Progress } from "../../store/port.ts";
import type { AgentServices } from "../services.ts";

/** Calls that are answered from the services; the other three (`hello`, `subscribe`, `unsubscribe`) belong to a connection. */
export type CallName = Exclude<keyof RpcMethods, "hello" | "subscribe" | "unsubscribe">;

/** What a call is given beside its parameters. */
export type CallContext = {
  readonly services: AgentServices;
  readonly nowMs: number;
  /** Aborted when the client cancels or goes away, or the agent stops. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Where files that clients name must lie; undefined: any absolute path. */
  readonly filesDir: string | undefined;
};

/** One call. `run` is given checked parameters, and fails with ApiFault or StoreFault. */
export type Call<M extends CallName> = {
  readonly role: Role;
  readonly params: TSchema;
  readonly result: TSchema;
  /** One sentence for the API's description. */
  readonly summary: string;
  /** True: changes the store as a whole; only one such call runs at a time. */
  readonly exclusive?: boolean;
  run(params: RpcMethods[M][0], context: CallContext): Promise<RpcMethods[M][1]>;
};

/** Every call, by name. */
export type CallTable = { readonly [M in CallName]: Call<M> };
