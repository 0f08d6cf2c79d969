// Services whose target port, or its protocol, none of the selected pods' containers has.
import { displayName } from "../domain/identity.ts";
import type { JsonObject, KubeObject } from "../domain/kube-object.ts";
import { remembered } from "../domain/remember.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { numberAt, objectsAt, textAt, textsAt } from "./read-json.ts";
import { containersOf } from "./read-pod.ts";
import { endpointObjects, type Seen, selectedPods } from "./service-readiness.ts";

type Declared = { readonly name?: string | undefined; readonly port: number; readonly protocol: string };
type Target = { readonly of: string; readonly value: number | string; readonly protocol: string };

/** Pods of one Service are alike; a few tell what all declare, also in the middle of a rollout. */
const PODS_MAX = 20;

/** Tells TargetPortMismatch and ServiceProtocolMismatch of a Service. */
export const servicePorts: StateDetector = {
  id: "service-ports",
  kinds: ["Service"],
  reasons: ["TargetPortMismatch", "ServiceProtocolMismatch"],
  source: "kubernetes.io: Debug Services, Is the Service defined correctly?; pkg/controller/util/endpoint FindPort",
  dependsOn: {
    relations: [
      { type: "SELECTS", direction: "out" },
      { type: "CONTROLS", direction: "out" },
      { type: "OWNS", direction: "out" },
    ],
    declaredOnly: true,
  },
  crossObject: true,
  detect(service, view: NeighbourView) {
    if (service.object.partial) return [];
    const pods = selectedPods(service, view).slice(0, PODS_MAX);
    if (pods.length === 0) return [];
    const declared = pods.flatMap(declaredPorts);
    return objectsAt(service.object.spec, "ports").flatMap((port) => {
      const target = targetOf(port);
      // The control plane has found the named port in a pod, whatever is known of the pods here.
      if (!target || (typeof target.value === "string" && isResolved(port, service, view))) return [];
      return mismatch(service, target, declared, pods);
    });
  },
};

function mismatch(service: Seen, target: Target, declared: readonly Declared[], pods: readonly Seen[]): readonly Finding[] {
  const same = declared.filter(({ name, port }) => (typeof target.value === "string" ? name === target.value : port === target.value));
  if (same.some(({ protocol }) => protocol === target.protocol)) return [];
  const [sample] = pods;
  if (!sample) return [];
  const there = declared.map(({ name, port, protocol }) => `${port}/${protocol}${name ? ` (${name})` : ""}`);
  const ports = [...new Set(there)].slice(0, 6).join(", ");
  const parts = {
    discriminator: target.of,
    evidence: [
      fieldEvidence(
        service.object,
        `spec.ports[${target.of}].targetPort`,
        `${target.value}/${target.protocol}`,
        getFieldCommand(service.object, ".spec.ports"),
      ),
      fieldEvidence(
        sample.object,
        "spec.containers[*].ports",
        ports || "none",
        getFieldCommand(sample.object, ".spec.containers[*].ports"),
      ),
    ],
  };
  if (same.length > 0) {
    const message = `port ${target.of} of ${displayName(service)} is ${target.protocol}, but the container port ${target.value} is ${same[0]?.protocol}`;
    return [finding("ServiceProtocolMismatch", { ...parts, message })];
  }
  // A container may listen on a port that it does not declare: only pods that declare some, and mention this one nowhere, count as a mismatch.
  if (typeof target.value === "number" && (declared.length === 0 || pods.some((pod) => mentionsPort(pod, target.value as number))))
    return [];
  const have = ports ? `the containers of ${sample.name} declare ${ports}` : `the containers of ${sample.name} declare no port`;
  return [
    finding("TargetPortMismatch", {
      ...parts,
      message: `port ${target.of} of ${displayName(service)} leads to target port ${target.value}, but ${have}`,
    }),
  ];
}

/** Whether the Service's endpoints have a number for one of its ports. */
function isResolved(wanted: JsonObject, service: Seen, view: NeighbourView): boolean {
  const ports = endpointObjects(service, view).flatMap(({ object }) => [
    ...objectsAt(object.rest, "ports"),
    ...objectsAt(object.rest, "subsets").flatMap((subset) => objectsAt(subset, "ports")),
  ]);
  return ports.some((port) => numberAt(port, "port") !== undefined && (textAt(port, "name") ?? "") === (textAt(wanted, "name") ?? ""));
}

function targetOf(port: JsonObject): Target | undefined {
  const number = numberAt(port, "port");
  const of = textAt(port, "name") ?? (number === undefined ? undefined : String(number));
  const named = textAt(port, "targetPort");
  // A target port in digits is a number written as text.
  const value = named && /^\d+$/.test(named) ? Number(named) : (named ?? numberAt(port, "targetPort") ?? number);
  return of === undefined || value === undefined || value === 0 ? undefined : { of, value, protocol: textAt(port, "protocol") ?? "TCP" };
}

function declaredPorts({ object }: Seen): readonly Declared[] {
  return object.spec === undefined ? [] : portsIn(object.spec, object);
}

const portsIn = remembered((_spec: JsonObject, object: KubeObject): readonly Declared[] =>
  containersOf(object)
    .filter(({ role }) => role !== "init")
    .flatMap(({ spec }) => objectsAt(spec, "ports"))
    .flatMap((entry) => {
      const port = numberAt(entry, "containerPort");
      return port === undefined ? [] : [{ name: textAt(entry, "name"), port, protocol: textAt(entry, "protocol") ?? "TCP" }];
    }),
);

/** Whether a probe asks this port, or an argument or environment value holds it as a number: then something listens there, declared or not. */
function mentionsPort({ object }: Seen, port: number): boolean {
  const word = new RegExp(`(?<![\\d.])${port}(?![\\d.])`);
  return containersOf(object).some(({ spec }) => {
    const probes = (["livenessProbe", "readinessProbe", "startupProbe"] as const).some((probe) =>
      (["httpGet", "tcpSocket", "grpc"] as const).some((how) => numberAt(spec, probe, how, "port") === port),
    );
    const values = objectsAt(spec, "env").flatMap((variable) =>
      /port|listen|bind|^addr/i.test(textAt(variable, "name") ?? "") ? (textAt(variable, "value") ?? []) : [],
    );
    return probes || [...textsAt(spec, "command"), ...textsAt(spec, "args"), ...values].some((text) => word.test(text.slice(0, 1_000)));
  });
}
