// Reads which ConfigMaps, Secrets (with their keys), claims, accounts and classes a pod or pod template needs in order to start.
import type { JsonObject, KubeObject } from "../domain/kube-object.ts";
import { remembered } from "../domain/remember.ts";
import { flagAt, objectAt, objectsAt, textAt } from "./read-json.ts";
import { podSpecOf, podSpecPath } from "./read-pod.ts";

/** Kinds a pod can need. */
export type NeededKind = "ConfigMap" | "Secret" | "PersistentVolumeClaim" | "ServiceAccount" | "PriorityClass" | "ImagePullSecret";

/** One thing a pod cannot start without. `ImagePullSecret` is a Secret whose absence the kubelet overlooks until a pull is refused. */
export type Needed = {
  readonly kind: NeededKind;
  readonly name: string;
  readonly key?: string | undefined;
  /** The field that asks for it. */
  readonly path: string;
};

/** Everything needed and not optional, in the order of the spec; the same thing may come more than once. */
export function neededBy(object: KubeObject): readonly Needed[] {
  const spec = podSpecOf(object);
  return spec === undefined ? [] : neededIn(spec, podSpecPath(object.kind));
}

const neededIn = remembered((spec: JsonObject, path: string): readonly Needed[] => {
  const fields = ["containers", "initContainers"] as const;
  return [
    ...fields.flatMap((field) =>
      objectsAt(spec, field).flatMap((container) => fromContainer(container, `${path}.${field}[${textAt(container, "name") ?? ""}]`)),
    ),
    ...objectsAt(spec, "volumes").flatMap((volume) => fromVolume(volume, `${path}.volumes[${textAt(volume, "name") ?? ""}]`)),
    ...objectsAt(spec, "imagePullSecrets").flatMap((entry) => need("ImagePullSecret", textAt(entry, "name"), `${path}.imagePullSecrets`)),
    ...need("ServiceAccount", textAt(spec, "serviceAccountName"), `${path}.serviceAccountName`),
    ...need("PriorityClass", textAt(spec, "priorityClassName"), `${path}.priorityClassName`),
  ];
});

function fromContainer(container: JsonObject, path: string): readonly Needed[] {
  const variables = objectsAt(container, "env").flatMap((variable) => {
    const at = `${path}.env[${textAt(variable, "name") ?? ""}].valueFrom`;
    const from = objectAt(variable, "valueFrom");
    return [
      ...keyed("ConfigMap", objectAt(from, "configMapKeyRef"), `${at}.configMapKeyRef`),
      ...keyed("Secret", objectAt(from, "secretKeyRef"), `${at}.secretKeyRef`),
    ];
  });
  const whole = objectsAt(container, "envFrom").flatMap((source) => [
    ...keyed("ConfigMap", objectAt(source, "configMapRef"), `${path}.envFrom.configMapRef`),
    ...keyed("Secret", objectAt(source, "secretRef"), `${path}.envFrom.secretRef`),
  ]);
  return [...variables, ...whole];
}

function fromVolume(volume: JsonObject, path: string): readonly Needed[] {
  const secret = objectAt(volume, "secret");
  return [
    ...mounted("ConfigMap", objectAt(volume, "configMap"), "name", `${path}.configMap`),
    ...mounted("Secret", secret, "secretName", `${path}.secret`),
    ...objectsAt(volume, "projected", "sources").flatMap((source) => [
      ...mounted("ConfigMap", objectAt(source, "configMap"), "name", `${path}.projected.configMap`),
      ...mounted("Secret", objectAt(source, "secret"), "name", `${path}.projected.secret`),
    ]),
    ...need("PersistentVolumeClaim", textAt(volume, "persistentVolumeClaim", "claimName"), `${path}.persistentVolumeClaim.claimName`),
  ];
}

function keyed(kind: NeededKind, ref: JsonObject | undefined, path: string): readonly Needed[] {
  if (flagAt(ref, "optional") === true) return [];
  return need(kind, textAt(ref, "name"), path).map((needed) => ({ ...needed, key: textAt(ref, "key") }));
}

function mounted(kind: NeededKind, source: JsonObject | undefined, nameField: string, path: string): readonly Needed[] {
  if (flagAt(source, "optional") === true) return [];
  const whole = need(kind, textAt(source, nameField), path);
  return [...whole, ...objectsAt(source, "items").flatMap((item) => whole.map((needed) => ({ ...needed, key: textAt(item, "key") })))];
}

function need(kind: NeededKind, name: string | undefined, path: string): readonly Needed[] {
  return name === undefined ? [] : [{ kind, name, path }];
}
