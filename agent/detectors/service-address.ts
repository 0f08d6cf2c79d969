// Environment values, arguments and ConfigMap data that name a Service, or a port of one, that does not exist.
import { displayName } from "../domain/identity.ts";
import type { Finding } from "../domain/signal.ts";
import { type FieldMention, isAddressKey, mentionsOf, type ServiceName, serviceNames } from "../graph/topology/calls.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand, getFieldCommand } from "./finding.ts";
import { numberAt, objectsAt, textAt } from "./read-json.ts";
import { controllerRef } from "./read-owner.ts";
import { podSpecOf } from "./read-pod.ts";
import { nearName } from "./service-near-name.ts";
import { isSeen, knowsServicesOf, type Seen } from "./service-readiness.ts";

const FINDINGS_MAX = 10;

/** Tells WrongServiceAddress of workloads, of pods that nothing controls, and of ConfigMaps that something uses. */
export const serviceAddress: StateDetector = {
  id: "service-address",
  kinds: ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "CronJob", "Job", "Pod", "ConfigMap"],
  reasons: ["WrongServiceAddress"],
  source: "kubernetes.io: DNS for Services and Pods",
  dependsOn: {
    relations: [
      { type: "CALLS", direction: "out" },
      { type: "USES", direction: "in" },
    ],
    kindsInNamespace: ["Service"],
    declaredOnly: true,
  },
  crossObject: true,
  detect(resource, view) {
    const { object, namespace } = resource;
    // A controlled object only repeats its controller's template.
    if (!namespace || object.partial || controllerRef(object) || !view.complete("Service")) return [];
    if (object.kind === "ConfigMap" && view.neighbours(resource, "USES", "in").length === 0) return [];
    const found = new Map<string, Finding>();
    for (const mention of mentionsOf(object)) {
      const wrong = wrongAddress(resource, namespace, mention, view);
      if (wrong && found.size < FINDINGS_MAX) found.set(wrong.discriminator, wrong);
    }
    return [...found.values()];
  },
};

function wrongAddress(resource: Seen, namespace: string, mention: FieldMention, view: NeighbourView): Finding | undefined {
  const names = serviceNames(mention.host, namespace);
  const real = names.flatMap((name) => {
    const service = view.byName("Service", name.namespace, name.service);
    return service && isSeen(service) ? [service] : [];
  })[0];
  if (real) return wrongPort(resource, mention, real);
  const name = names[0];
  const doubt = name ? whyMissing(resource, name, mention, view) : undefined;
  return name && doubt
    ? told(resource, mention, { what: `${name.namespace}/${name.service}`, why: `which does not exist${doubt.hint}` })
    : undefined;
}

/** Why a name that is no Service was meant to be one; undefined when it may as well be a host outside the cluster. */
function whyMissing(
  resource: Seen,
  { service, namespace, form }: ServiceName,
  mention: FieldMention,
  view: NeighbourView,
): { readonly hint: string } | undefined {
  if (!knowsServicesOf(namespace, view)) return undefined;
  const near = nearName(
    service,
    view.ofKind("Service", namespace).map(({ name }) => name),
  );
  const hint = near ? `; there is a Service ${near}` : "";
  if (form === "svc") return { hint };
  // `name.namespace` is a Service's name only where that is a namespace; `example.com` is not.
  if (form === "dotted")
    return view.byName("Namespace", undefined, namespace) && !view.byName("Pod", resource.namespace, service) ? { hint } : undefined;
  // A bare name may be a host that the node's resolver knows. It was meant for a Service when it is a slip of one, or when a workload has that name.
  if (
    !mention.whole ||
    !isAddressKey(mention.key) ||
    (mention.port === undefined && mention.scheme === undefined) ||
    hasHostAliases(resource)
  )
    return undefined;
  const workload = ["Deployment", "StatefulSet"].some((kind) => view.byName(kind, namespace, service));
  if (workload) return { hint: `; there is a workload ${service}, but no Service of that name` };
  return near ? { hint } : undefined;
}

function wrongPort(resource: Seen, mention: FieldMention, service: Seen): Finding | undefined {
  const { spec, partial } = service.object;
  const { port } = mention;
  // Clients of a headless Service reach the pods' own ports; an ExternalName Service has none.
  if (partial || port === undefined || textAt(spec, "type") === "ExternalName" || textAt(spec, "clusterIP") === "None") return undefined;
  // A bare `name:number` without a scheme may be the tag of an image, unless the variable says that it is an address.
  if (mention.scheme === undefined && !mention.host.includes(".") && !isAddressKey(mention.key)) return undefined;
  const ports = objectsAt(spec, "ports");
  if (ports.length === 0 || ports.some((entry) => numberAt(entry, "port") === port)) return undefined;
  const has = ports.map((entry) => numberAt(entry, "port")).join(", ");
  const evidence = [fieldEvidence(service.object, "spec.ports", has, getCommand(service.object, `service/${service.name}`))];
  return told(resource, mention, {
    what: `port ${port} of ${service.namespace}/${service.name}`,
    why: `which has only port ${has}`,
    evidence,
  });
}

/** `what` is the address, `why` what is wrong with it, in the words of the sentence. */
type Wrong = { readonly what: string; readonly why: string; readonly evidence?: Finding["evidence"] };

function told(resource: Seen, mention: FieldMention, { what, why, evidence = [] }: Wrong): Finding {
  const { object } = resource;
  const command = getFieldCommand(object, object.kind === "ConfigMap" ? ".data" : object.kind === "Pod" ? ".spec.containers" : ".spec");
  return finding("WrongServiceAddress", {
    discriminator: mention.path,
    message: `${mention.key ? `${mention.key} of ` : ""}${displayName(resource)} names Service ${what}, ${why}`,
    evidence: [fieldEvidence(object, mention.path, mention.quote, command), ...evidence],
    target: mention.host,
  });
}

function hasHostAliases({ object }: Seen): boolean {
  return objectsAt(podSpecOf(object), "hostAliases").length > 0;
}
