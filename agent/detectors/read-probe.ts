// Reads a container's probes: what they ask, and how long they may fail before the kubelet acts.
import type { JsonObject } from "../domain/kube-object.ts";
import { at, numberAt, objectAt, textAt } from "./read-json.ts";
import type { ContainerView } from "./read-pod.ts";

/** Which of the three probes. */
export type ProbeKind = "readinessProbe" | "livenessProbe" | "startupProbe";

/** A configured probe. Times in milliseconds. */
export type Probe = {
  readonly kind: ProbeKind;
  readonly handler: "httpGet" | "tcpSocket" | "grpc" | "exec";
  /** A number or the name of a container port; absent for `exec`. */
  readonly port?: number | string | undefined;
  /** Set when the probe asks another host than the pod. */
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  /** `initialDelaySeconds + periodSeconds * failureThreshold`: after this long of failing the kubelet acts. */
  readonly allowanceMs: number;
};

const PROBE_KINDS = ["startupProbe", "livenessProbe", "readinessProbe"] as const;

const HANDLERS = ["httpGet", "tcpSocket", "grpc", "exec"] as const;

/** The probe of this kind, undefined when the container has none. Defaults: 0 s delay, every 10 s, 3 failures (Kubernetes API reference, Probe). */
export function probeOf(container: ContainerView, kind: ProbeKind): Probe | undefined {
  const probe = objectAt(container.spec, kind);
  if (probe === undefined) return undefined;
  const handler = HANDLERS.find((name) => objectAt(probe, name) !== undefined);
  if (handler === undefined) return undefined;
  const seconds =
    (numberAt(probe, "initialDelaySeconds") ?? 0) + (numberAt(probe, "periodSeconds") ?? 10) * (numberAt(probe, "failureThreshold") ?? 3);
  return {
    kind,
    handler,
    port: portOf(probe, handler),
    host: textAt(probe, handler, "host"),
    path: textAt(probe, handler, "path"),
    allowanceMs: seconds * 1000,
  };
}

/** All probes of a container. */
export function probesOf(container: ContainerView): readonly Probe[] {
  return PROBE_KINDS.flatMap((kind) => probeOf(container, kind) ?? []);
}

/** `readiness probe (HTTP GET /healthz on port 8080)`. */
export function probeText(probe: Probe): string {
  const name = probe.kind.replace("Probe", " probe").replace("startup", "start-up");
  const port = probe.port === undefined ? "" : ` port ${probe.port}`;
  switch (probe.handler) {
    case "httpGet":
      return `${name} (HTTP GET ${probe.path ?? "/"} on${port})`;
    case "tcpSocket":
      return `${name} (TCP${port})`;
    case "grpc":
      return `${name} (gRPC${port})`;
    case "exec":
      return `${name} (a command in the container)`;
  }
}

function portOf(probe: JsonObject, handler: Probe["handler"]): number | string | undefined {
  const port = at(probe, handler, "port");
  if (typeof port === "number") return port;
  if (typeof port !== "string" || port === "") return undefined;
  return /^\d+$/.test(port) ? Number(port) : port;
}
