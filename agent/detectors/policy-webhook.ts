// Admission webhooks whose Service does not exist or has no ready endpoint: every request they guard is refused.
import { displayName } from "../domain/identity.ts";
import type { JsonObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { objectAt, objectsAt, textAt } from "./read-json.ts";
import { isSeen, knowsServicesOf, readinessOf, type Seen } from "./service-readiness.ts";

/** Tells WebhookUnavailable of a webhook configuration. */
export const policyWebhook: StateDetector = {
  id: "policy-webhook",
  kinds: ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
  reasons: ["WebhookUnavailable"],
  source: "kubernetes.io: Dynamic Admission Control, failure policy",
  dependsOn: { relations: [{ type: "USES", direction: "out" }] },
  crossObject: true,
  detect: (configuration, view) =>
    objectsAt(configuration.object.rest, "webhooks").flatMap((hook) => unavailable(configuration, hook, view)),
};

function unavailable(configuration: Seen, hook: JsonObject, view: NeighbourView): readonly Finding[] {
  const service = objectAt(hook, "clientConfig", "service");
  const { name, namespace } = { name: textAt(service, "name"), namespace: textAt(service, "namespace") };
  if (!name || !namespace) return [];
  const why = whyUnavailable(namespace, name, view);
  if (!why) return [];
  const hookName = textAt(hook, "name") ?? name;
  // admissionregistration/v1: Fail is the default. Ignored failures let requests through unchecked.
  const ignored = textAt(hook, "failurePolicy") === "Ignore";
  const effect = ignored ? "requests pass unchecked" : "requests it guards are refused";
  return [
    finding("WebhookUnavailable", {
      discriminator: hookName,
      message: `webhook ${hookName} of ${displayName(configuration)} calls Service ${namespace}/${name}, which ${why}: ${effect}`,
      evidence: [
        fieldEvidence(
          configuration.object,
          `webhooks[${hookName}].clientConfig.service`,
          `${namespace}/${name}`,
          getFieldCommand(configuration.object, ".webhooks"),
        ),
      ],
      target: name,
      ...(ignored ? { severity: "WARNING" } : {}),
    }),
  ];
}

function whyUnavailable(namespace: string, name: string, view: NeighbourView): string | undefined {
  const service = view.byName("Service", namespace, name);
  if (!service || !isSeen(service)) return knowsServicesOf(namespace, view) ? "does not exist" : undefined;
  if (textAt(service.object.spec, "type") === "ExternalName") return undefined;
  return readinessOf(service, view)?.readyCount === 0 ? "has no ready endpoint" : undefined;
}
