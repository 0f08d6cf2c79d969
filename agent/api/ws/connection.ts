// One WebSocket client: hello first, then calls, subscriptions and cancellation.
import { PROTOCOL_VERSION, type Role, type RpcMethods } from "../../protocol/rpc.ts";
import { CALLS, type Invoke, isCallName, mayAct } from "../calls/invoke.ts";
import { ApiFault, faultOf } from "../fault.ts";
import * as schemas from "../schemas/rpc.ts";
import { check } from "../schemas/validate.ts";
import type { AgentServices } from "../services.ts";
import { errorFrame, type Frame, type RequestId, readFrame, resultFrame } from "./frame.ts";
import type { Topic } from "./live-hub.ts";
import type { Outbox } from "./outbox.ts";

/** What a connection is made of. */
export type ConnectionParts = {
  readonly role: Role;
  readonly outbox: Outbox;
  readonly services: AgentServices;
  readonly invoke: Invoke;
  readonly callsMax: number;
  /** Takes one message from the client's budget; seconds to wait when there is none left. */
  readonly rate: () => number;
  /** After an answer that ends the connection. */
  readonly close: (code: number, reason: string) => void;
  readonly onInternal: (method: string, error: unknown) => void;
};

/** A connection: what it is told of, and what it makes of messages. */
export type Connection = {
  readonly topics: ReadonlySet<Topic>;
  readonly saidHello: () => boolean;
  receive(text: string): void;
  /** Aborts what runs for the client. */
  end(): void;
};

/** A connection for one client. */
export function createConnection(parts: ConnectionParts): Connection {
  const { topics, saidHello, answer } = createMethods(parts);
  const running = new Map<RequestId, AbortController>();

  const refuse = (id: RequestId | null, fault: ApiFault) => parts.outbox.answer(errorFrame(id, fault));
  const request = async (id: RequestId, method: string, params: unknown) => {
    if (running.has(id)) return refuse(id, new ApiFault("invalidRequest", "a request with this id is still running"));
    if (running.size >= parts.callsMax) return refuse(id, tooBusy(`more than ${parts.callsMax} calls at once`, 1));
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const result = await answer({ id, method, params: params ?? {}, signal: controller.signal });
      parts.outbox.endProgress(id);
      parts.outbox.answer(resultFrame(id, result));
    } catch (error) {
      const fault = controller.signal.aborted ? new ApiFault("cancelled", "the call was cancelled") : faultOf(error);
      if (fault.kind === "internal") parts.onInternal(method, error);
      parts.outbox.endProgress(id);
      refuse(id, fault);
      if (fault.kind === "versionMismatch") parts.close(1002, "protocol version mismatch");
    } finally {
      running.delete(id);
    }
  };
  const handle = (frame: Frame) => {
    const waitS = parts.rate();
    if (frame.kind === "notification") {
      if (frame.method === "$/cancel") running.get(cancelledId(frame.params))?.abort();
    } else if (waitS > 0) refuse(frame.id, tooBusy(`too many requests; try again in ${waitS} s`, waitS));
    else if (frame.kind === "refused") refuse(frame.id, frame.fault);
    else void request(frame.id, frame.method, frame.params);
  };
  return {
    topics,
    saidHello,
    receive: (text) => handle(readFrame(text)),
    end: () => {
      for (const controller of running.values()) controller.abort();
      topics.clear();
    },
  };
}

type Asked = { readonly id: RequestId; readonly method: string; readonly params: unknown; readonly signal: AbortSignal };

/** The methods as one client sees them: hello opens the others, two are about the connection itself, the rest are the calls. */
function createMethods(parts: ConnectionParts) {
  const topics = new Set<Topic>();
  let hello = false;

  const changeTopics = (method: "subscribe" | "unsubscribe", params: unknown): RpcMethods["subscribe"][1] => {
    check(schemas.TopicsParams, params);
    for (const topic of (params as RpcMethods["subscribe"][0]).topics) topics[method === "subscribe" ? "add" : "delete"](topic);
    return { subscribed: [...topics] };
  };
  const answer = async ({ id, method, params, signal }: Asked): Promise<unknown> => {
    if (method === "hello") {
      const result = await sayHello(params, parts);
      hello = true;
      return result;
    }
    if (!hello) throw new ApiFault("invalidRequest", "say hello first");
    if (method === "subscribe" || method === "unsubscribe") return changeTopics(method, params);
    if (!isCallName(method)) throw new ApiFault("methodNotFound", `there is no method ${method.slice(0, 100)}`);
    const progress = (done: number, total: number, what: string) => parts.outbox.progress({ id, done, total, what });
    return parts.invoke(method, params, { role: parts.role, signal, progress });
  };
  return { topics, saidHello: () => hello, answer };
}

function tooBusy(detail: string, retryAfterS: number): ApiFault {
  return new ApiFault("tooBusy", detail, { retryAfterS });
}

async function sayHello(params: unknown, { role, services }: ConnectionParts): Promise<RpcMethods["hello"][1]> {
  check(schemas.HelloParams, params);
  const { protocol } = params as RpcMethods["hello"][0];
  const [theirs, ours] = [protocol, PROTOCOL_VERSION].map((version) => Number(version.split(".")[0]));
  if (theirs !== ours) {
    const older = Number(theirs) > Number(ours) ? `the agent (kgroot ${services.version})` : "the client";
    throw new ApiFault("versionMismatch", `the agent speaks protocol ${PROTOCOL_VERSION}, the client ${protocol}: update ${older}`);
  }
  const capabilities = Object.entries(CALLS).flatMap(([name, call]) => (mayAct(role, call.role) ? [name] : []));
  const clusters = [...(await services.store.clusters())];
  return { protocol: PROTOCOL_VERSION, server: services.version, cluster: services.defaultCluster, clusters, capabilities, role };
}

function cancelledId(params: unknown): RequestId {
  const id = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
  return typeof id === "number" || typeof id === "string" ? id : "";
}
