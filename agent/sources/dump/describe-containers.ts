// The Containers section of `kubectl describe pod`: specification and status of each container, as far as it is printed.
import type { Fields } from "../fields.ts";
import type { Heading } from "./describe-text.ts";
import { beside, describedTime, heading } from "./describe-text.ts";

/** `spec.containers` and `status.containerStatuses` of the section. */
export function describedContainers(section: readonly Heading[]): {
  readonly specs: readonly Fields[];
  readonly statuses: readonly Fields[];
} {
  const containers = section.filter((container) => heading(container.below, "Image"));
  return { specs: containers.map(containerSpec), statuses: containers.map(containerStatus) };
}

function containerSpec({ key, below }: Heading): Fields {
  const amounts = (name: string): Fields =>
    Object.fromEntries((heading(below, name)?.below ?? []).map((entry) => [entry.key, entry.value]));
  const ports = [...`${beside(below, "Port") ?? ""} ${beside(below, "Ports") ?? ""}`.matchAll(/(\d+)\/(\w+)/g)];
  return {
    name: key,
    image: beside(below, "Image") ?? "",
    ports: ports.map(([, port, protocol]) => ({ containerPort: Number(port), protocol })),
    resources: { limits: amounts("Limits"), requests: amounts("Requests") },
    env: (heading(below, "Environment")?.below ?? []).flatMap(variable),
    envFrom: (heading(below, "Environment Variables from")?.lines ?? []).flatMap(variableSource),
  };
}

/** `KEY: value` or `KEY: <set to the key 'k' in secret 'name'>  Optional: false`. */
function variable({ key, value }: Heading): readonly Fields[] {
  const reference = /^<set to the key '([^']+)' (?:in|of) (secret|config map) '([^']+)'>/.exec(value);
  if (!reference) return value.startsWith("<set to ") ? [] : [{ name: key, value }];
  const source = { name: reference[3], key: reference[1], ...(/Optional: true/.test(value) ? { optional: true } : {}) };
  return [{ name: key, valueFrom: reference[2] === "secret" ? { secretKeyRef: source } : { configMapKeyRef: source } }];
}

/** `shop-config  ConfigMap  Optional: false`. */
function variableSource(line: string): readonly Fields[] {
  const match = /^\s*(\S+)\s+(ConfigMap|Secret)\b(.*)$/.exec(line);
  if (!match) return [];
  const source = { name: match[1], ...(/Optional: true/.test(match[3] ?? "") ? { optional: true } : {}) };
  return [match[2] === "Secret" ? { secretRef: source } : { configMapRef: source }];
}

function containerStatus({ key, below }: Heading): Fields {
  const last = heading(below, "Last State");
  const state = heading(below, "State");
  const restarts = Number(beside(below, "Restart Count"));
  return {
    name: key,
    image: beside(below, "Image") ?? "",
    ready: beside(below, "Ready") === "True",
    restartCount: Number.isFinite(restarts) ? restarts : 0,
    ...(state ? { state: containerState(state) } : {}),
    ...(last ? { lastState: containerState(last) } : {}),
  };
}

function containerState({ value, below }: Heading): Fields {
  const reason = beside(below, "Reason");
  const message = beside(below, "Message");
  const started = time("startedAt", beside(below, "Started"));
  const said = { ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
  if (value === "Running") return { running: started };
  if (value !== "Terminated") return { waiting: said };
  const exitCode = Number(beside(below, "Exit Code"));
  return {
    terminated: {
      ...said,
      ...(Number.isFinite(exitCode) ? { exitCode } : {}),
      ...started,
      ...time("finishedAt", beside(below, "Finished")),
    },
  };
}

function time(key: string, text: string | undefined): Fields {
  const ms = describedTime(text);
  return ms === undefined ? {} : { [key]: new Date(ms).toISOString() };
}
