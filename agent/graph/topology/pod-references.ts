// What a pod, or the pod template of a workload, needs: its node, configuration, secrets, claims, account and classes.
import type { JsonObject, KubeObject } from "../../domain/kube-object.ts";
import { objectAt, objectsAt, textAt } from "./fields.ts";
import { containersOf, podTemplateOf } from "./pod-template.ts";
import type { Reference } from "./reference.ts";

/** One thing needed: kind, name, the field that names it, and whether the pod starts without it. */
type Need = { readonly kind: string; readonly name: string; readonly path: string; readonly optional?: boolean };

const CLUSTER_KINDS = new Set(["PriorityClass", "RuntimeClass"]);

/** RUNS_ON and USES of a Pod or of a pod template; nothing for other kinds. */
export function podReferences(object: KubeObject): readonly Reference[] {
  const template = podTemplateOf(object);
  if (!template) return [];
  const { spec, path } = template;
  const needs = [
    ...accountNeeds(spec, path, object.partial === true),
    ...objectsAt(spec, "volumes").flatMap((volume) => volumeNeeds(volume, path, object)),
    ...containersOf(template).flatMap(({ container, path: at }) => environmentNeeds(container, at)),
  ];
  const node = object.kind === "Pod" ? textAt(spec, "nodeName") : undefined;
  return [
    ...(node ? [{ type: "RUNS_ON", direction: "out", ref: { kind: "Node", name: node }, evidence: `spec.nodeName=${node}` } as const] : []),
    ...needs.map((need) => reference(need, object.metadata.namespace)),
  ];
}

function reference({ kind, name, path, optional }: Need, namespace: string | undefined): Reference {
  const ref = { kind, namespace: CLUSTER_KINDS.has(kind) ? undefined : namespace, name };
  return { type: "USES", direction: "out", ref, evidence: `${path}=${name}`.slice(0, 200), ...(optional ? { optional } : {}) };
}

function accountNeeds(spec: JsonObject, path: string, partial: boolean): readonly Need[] {
  // A pod without a named account runs as `default`; a partial object may just not tell.
  const account = textAt(spec, "serviceAccountName") ?? textAt(spec, "serviceAccount") ?? (partial ? undefined : "default");
  const pullSecrets = objectsAt(spec, "imagePullSecrets").map((entry) => textAt(entry, "name"));
  return [
    ...need("ServiceAccount", account, `${path}.serviceAccountName`),
    ...need("PriorityClass", textAt(spec, "priorityClassName"), `${path}.priorityClassName`),
    ...need("RuntimeClass", textAt(spec, "runtimeClassName"), `${path}.runtimeClassName`),
    ...pullSecrets.flatMap((name) => need("Secret", name, `${path}.imagePullSecrets[]`)),
  ];
}

function volumeNeeds(volume: JsonObject, specPath: string, object: KubeObject): readonly Need[] {
  const name = textAt(volume, "name") ?? "";
  const path = `${specPath}.volumes[${name}]`;
  const { configMap, secret } = { configMap: objectAt(volume, "configMap"), secret: objectAt(volume, "secret") };
  // The claim of a generic ephemeral volume is named after pod and volume (kubernetes.io, Ephemeral Volumes); a template does not know its pods.
  const ephemeral = object.kind === "Pod" && "ephemeral" in volume ? `${object.metadata.name}-${name}` : undefined;
  return [
    ...need("ConfigMap", textAt(configMap, "name"), `${path}.configMap.name`, configMap.optional),
    ...need("Secret", textAt(secret, "secretName"), `${path}.secret.secretName`, secret.optional),
    ...need("PersistentVolumeClaim", textAt(volume, "persistentVolumeClaim", "claimName"), `${path}.persistentVolumeClaim.claimName`),
    ...need("PersistentVolumeClaim", ephemeral, `${path}.ephemeral`),
    ...need("Secret", textAt(volume, "csi", "nodePublishSecretRef", "name"), `${path}.csi.nodePublishSecretRef.name`),
    ...need("Secret", textAt(volume, "azureFile", "secretName"), `${path}.azureFile.secretName`),
    ...["cephfs", "rbd", "iscsi", "flexVolume", "scaleIO", "storageos"].flatMap((driver) =>
      need("Secret", textAt(volume, driver, "secretRef", "name"), `${path}.${driver}.secretRef.name`),
    ),
    ...objectsAt(volume, "projected", "sources").flatMap((source) => projectedNeeds(source, path)),
  ];
}

function projectedNeeds(source: JsonObject, path: string): readonly Need[] {
  const { configMap, secret } = { configMap: objectAt(source, "configMap"), secret: objectAt(source, "secret") };
  return [
    ...need("ConfigMap", textAt(configMap, "name"), `${path}.projected.sources[].configMap.name`, configMap.optional),
    ...need("Secret", textAt(secret, "name"), `${path}.projected.sources[].secret.name`, secret.optional),
  ];
}

function environmentNeeds(container: JsonObject, path: string): readonly Need[] {
  const single = objectsAt(container, "env").flatMap((variable) => {
    const at = `${path}.env[${textAt(variable, "name") ?? ""}].valueFrom`;
    const { configMap, secret } = {
      configMap: objectAt(variable, "valueFrom", "configMapKeyRef"),
      secret: objectAt(variable, "valueFrom", "secretKeyRef"),
    };
    return [
      ...need("ConfigMap", textAt(configMap, "name"), `${at}.configMapKeyRef.name`, configMap.optional),
      ...need("Secret", textAt(secret, "name"), `${at}.secretKeyRef.name`, secret.optional),
    ];
  });
  const whole = objectsAt(container, "envFrom").flatMap((source) => {
    const { configMap, secret } = { configMap: objectAt(source, "configMapRef"), secret: objectAt(source, "secretRef") };
    return [
      ...need("ConfigMap", textAt(configMap, "name"), `${path}.envFrom[].configMapRef.name`, configMap.optional),
      ...need("Secret", textAt(secret, "name"), `${path}.envFrom[].secretRef.name`, secret.optional),
    ];
  });
  return [...single, ...whole];
}

function need(kind: string, name: string | undefined, path: string, optional: unknown = false): readonly Need[] {
  return name ? [{ kind, name, path, ...(optional === true ? { optional: true } : {}) }] : [];
}
