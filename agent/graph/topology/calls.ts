// Which Services a pod, a pod template or a ConfigMap names by their DNS names: the calls it will make, without any tracing.
import type { JsonObject, KubeObject } from "../../domain/kube-object.ts";
import { remembered } from "../../domain/remember.ts";
import { objectAt, objectsAt, textAt, textsAt } from "./fields.ts";
import { type HostMention, hostMentions, isHostName, TEXT_LENGTH_MAX } from "./host-mentions.ts";
import { containersOf, podTemplateOf } from "./pod-template.ts";

/** A Service that is named. The caller is the object; of a ConfigMap, whoever USES it. */
export type Call = {
  readonly service: string;
  readonly namespace: string;
  readonly port?: number | undefined;
  /** The text it was read from: `spec.containers[app].env[API_URL]=http://api:80`. At most 200 characters. */
  readonly evidence: string;
  /** How it is named. `svc`: `name.namespace.svc…`, which is nothing but a Service; `dotted` and `bare` names are Services only if such ones exist. */
  readonly form: NameForm;
};

/** How a host names a Service: `name.namespace.svc`, `name.namespace`, or `name` in the caller's own namespace. */
export type NameForm = "svc" | "dotted" | "bare";

/** Whether a Service of this name lives in this namespace. */
export type ServiceExists = (namespace: string, name: string) => boolean;

/** A Service that a host name may stand for. */
export type ServiceName = { readonly service: string; readonly namespace: string; readonly form: NameForm };

/** A host that a field names. */
export type FieldMention = HostMention & { readonly path: string; readonly key: string; readonly text: string };

type FieldText = { readonly path: string; readonly key: string; readonly text: string };

const CALLS_MAX = 64;
const FIELDS_MAX = 256;

/** A name of a variable, flag or key that says that its value is where something listens. */
const ADDRESS_KEY = /(?:host|hostname|addr|address|server|service|svc|endpoint|url|uri|upstream|target|broker|brokers|backend|dsn)s?$/i;

/**
 * The Services an object names in environment values, arguments, commands (Pod, workload, Job, CronJob) or data (ConfigMap); each once per port, at most 64.
 * Names without `.svc` are candidates: given `exists` only real Services are returned, without it every Service they may stand for.
 */
export function callsOf(object: KubeObject, exists?: ServiceExists): readonly Call[] {
  const { namespace } = object.metadata;
  if (!namespace) return [];
  return distinct(mentionsOf(object).flatMap((mention) => callsTo(mention, namespace, `${mention.path}=${mention.quote}`, exists)));
}

/** The Services that a text, such as a log line, names; `namespace` is where it was written. As {@link callsOf}. */
export function callsInText(text: string, namespace: string, exists?: ServiceExists): readonly Call[] {
  return distinct(hostMentions(text).flatMap((mention) => callsTo(mention, namespace, mention.quote, exists)));
}

/** The hosts that an object's environment values, arguments, commands or ConfigMap data name. */
export function mentionsOf(object: KubeObject): readonly FieldMention[] {
  const holder = object.kind === "ConfigMap" ? object.rest : object.spec;
  return holder === undefined ? [] : mentionsIn(holder, object);
}

const mentionsIn = remembered((_holder: JsonObject, object: KubeObject): readonly FieldMention[] =>
  fieldTexts(object)
    .slice(0, FIELDS_MAX)
    .flatMap((field) => {
      const { path, key, text } = field;
      // `DB_HOST=postgres` has neither scheme nor port; the name of the variable says that it is a host.
      const named =
        ADDRESS_KEY.test(key) && text.length <= 253 && isHostName(text) ? [{ host: text, whole: true, quote: text }] : hostMentions(text);
      return named.map((mention) => ({ ...mention, path, key, text }));
    }),
);

/** Whether the name of a variable, flag or key says that its value is an address. */
export function isAddressKey(key: string): boolean {
  return ADDRESS_KEY.test(key);
}

/** The Services that a host may stand for when it is looked up in a namespace (kubernetes.io, DNS for Services and Pods), likeliest first. */
export function serviceNames(host: string, namespace: string): readonly ServiceName[] {
  const labels = host.split(".");
  const svc = labels.indexOf("svc", 2);
  if (svc >= 2) {
    const domain = labels.slice(svc + 1).join(".");
    const [service, itsNamespace] = [labels[svc - 2] as string, labels[svc - 1] as string];
    return [{ service, namespace: itsNamespace, form: domain === "" || domain === "cluster.local" ? "svc" : "dotted" }];
  }
  const [first, second, third] = labels as [string, string?, string?];
  if (second === undefined) return [{ service: first, namespace, form: "bare" }];
  if (third === undefined) {
    // `pod-0.db` is a pod of the headless Service `db` of the same namespace.
    return [
      { service: first, namespace: second, form: "dotted" },
      { service: second, namespace, form: "dotted" },
    ];
  }
  return labels.length === 3 ? [{ service: second, namespace: third, form: "dotted" }] : [];
}

function callsTo(mention: HostMention, namespace: string, evidence: string, exists: ServiceExists | undefined): readonly Call[] {
  return serviceNames(mention.host, namespace)
    .filter(({ form, service, namespace: its }) => form === "svc" || !exists || exists(its, service))
    .map((name) => ({ ...name, port: mention.port, evidence: evidence.slice(0, 200) }));
}

function fieldTexts(object: KubeObject): readonly FieldText[] {
  if (object.kind === "ConfigMap") {
    return Object.entries(objectAt(object.rest, "data")).flatMap(([key, value]) =>
      typeof value === "string" ? [{ path: `data[${key}]`, key, text: value.slice(0, TEXT_LENGTH_MAX).trim() }] : [],
    );
  }
  const template = podTemplateOf(object);
  if (!template) return [];
  return containersOf(template).flatMap(({ container, path }) => [
    ...objectsAt(container, "env").flatMap((variable) => {
      const [key, text] = [textAt(variable, "name"), textAt(variable, "value")];
      return key && text ? [{ path: `${path}.env[${key}]`, key, text }] : [];
    }),
    ...(["command", "args"] as const).flatMap((field) =>
      textsAt(container, field).map((text) => {
        const flag = /^--?([\w.-]{1,100})=/.exec(text);
        return { path: `${path}.${field}`, key: flag?.[1] ?? "", text: flag ? text.slice(flag[0].length) : text };
      }),
    ),
  ]);
}

function distinct(calls: readonly Call[]): readonly Call[] {
  const unique = new Map<string, Call>();
  for (const call of calls) {
    const key = `${call.namespace}/${call.service}:${call.port ?? ""}`;
    if (unique.size < CALLS_MAX && !unique.has(key)) unique.set(key, call);
  }
  return [...unique.values()];
}
