// Services whose selector matches no pod, and what the selector was probably meant to match.
import { displayName } from "../domain/identity.ts";
import type { Finding } from "../domain/signal.ts";
import { type Labels, type Selector, selectorMatches, selectorText } from "../graph/selector.ts";
import { selectsOf } from "../graph/topology/selects.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand, getFieldCommand } from "./finding.ts";
import { textAt } from "./read-json.ts";
import { podLabelsOf } from "./read-pod.ts";
import { nearName } from "./service-near-name.ts";
import { isAskedFor, isSeen, type Seen } from "./service-readiness.ts";

const WORKLOAD_KINDS = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Rollout", "Job", "CronJob"];

type Near = { readonly owner: Seen; readonly labels: Labels; readonly differing: readonly string[] };

/** Tells SelectorMatchesNothing of a Service. */
export const serviceSelector: StateDetector = {
  id: "service-selector",
  kinds: ["Service"],
  reasons: ["SelectorMatchesNothing"],
  source: "kubernetes.io: Debug Services, Does the Service have any EndpointSlices?",
  dependsOn: { relations: [{ type: "SELECTS", direction: "out" }], declaredOnly: true },
  crossObject: true,
  detect(service, view) {
    const selects = selectsOf(service.object);
    if (!selects || service.object.partial || !view.complete("Pod")) return [];
    const { selector, namespace } = selects;
    const matches = ({ labels }: { readonly labels: Labels }): boolean => selectorMatches(selector, labels);
    if (view.neighbours(service, "SELECTS", "out").some((pod) => pod.kind === "Pod" && matches(pod))) return [];
    const pods = view.ofKind("Pod", namespace).filter(isSeen);
    if (pods.some(matches)) return [];
    const workloads = WORKLOAD_KINDS.flatMap((kind) => view.ofKind(kind, namespace)).filter(isSeen);
    const templates = workloads.map((owner) => ({ owner, labels: Object.fromEntries(podLabelsOf(owner.object)) }));
    // A workload would match but has no pods: scaled to zero, or its pods cannot be made. The selector is right.
    if (templates.some(matches)) return [];
    const bare = pods.filter(({ object }) => !object.metadata.ownerReferences?.some(({ controller }) => controller));
    return [
      nothingSelected(
        service,
        selector,
        nearest(service.name, selector, [...templates, ...bare.map((owner) => ({ owner, labels: owner.labels }))]),
        view,
      ),
    ];
  },
};

function nothingSelected(service: Seen, selector: Selector, near: Near | undefined, view: NeighbourView): Finding {
  const { object, namespace } = service;
  const wanted = selectorText(selector);
  const hint = near
    ? `, but pods of ${near.owner.kind} ${near.owner.name} are labelled ${near.differing.map((key) => labelText(near.labels, key)).join(",")}`
    : "";
  const podCount = view.ofKind("Pod", namespace).length;
  return finding("SelectorMatchesNothing", {
    message: `the selector of ${displayName(service)} is ${wanted}${hint || `, and none of the ${podCount} pods of the namespace has these labels`}`,
    evidence: [
      fieldEvidence(object, "spec.selector", wanted, getFieldCommand(object, ".spec.selector")),
      ...(near
        ? [
            fieldEvidence(
              near.owner.object,
              near.owner.kind === "Pod" ? "metadata.labels" : "spec.template.metadata.labels",
              labelsText(near.labels),
              getCommand(object, "pods", "--show-labels"),
            ),
          ]
        : []),
    ],
    // Without anything that comes near and without a caller it is more likely the remainder of something removed than a slip.
    ...(textAt(object.spec, "clusterIP") === "None" || (!near && !isAskedFor(service, view)) ? { severity: "WARNING" } : {}),
  });
}

/** The owner whose labels come nearest: most wanted labels equal, or a value that is a slip of the wanted one, or the Service's own name. */
function nearest(
  serviceName: string,
  selector: Selector,
  owners: readonly { readonly owner: Seen; readonly labels: Labels }[],
): Near | undefined {
  const wanted = Object.entries(selector.matchLabels);
  const scored = owners.flatMap(({ owner, labels }) => {
    const differing = wanted.filter(([key, value]) => labels[key] !== value);
    const slips = differing.filter(([key, value]) => labels[key] !== undefined && nearName(value, [labels[key]]) !== undefined);
    const score = 2 * (wanted.length - differing.length) + 2 * slips.length + (owner.name === serviceName ? 3 : 0);
    return score > 0 ? [{ score, near: { owner, labels, differing: differing.map(([key]) => key) } }] : [];
  });
  scored.sort((a, b) => b.score - a.score || (a.near.owner.name < b.near.owner.name ? -1 : 1));
  return scored[0]?.near;
}

function labelText(labels: Labels, key: string): string {
  return Object.hasOwn(labels, key) ? `${key}=${labels[key]}` : `without ${key}`;
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
