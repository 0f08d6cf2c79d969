// Whose log a file is, by where it lies and what it is called: the layouts of kubectl, must-gather, troubleshoot, insights-operator and the kubelet.
import { stem } from "./entries.ts";

/** As much as a path says. `namespace` may be missing where only a file name is left. */
export type LogOwner = {
  readonly namespace?: string | undefined;
  readonly pod: string;
  readonly container?: string | undefined;
  readonly previous: boolean;
};

/** Answers from the objects of the dump: which namespaces hold a pod of this name. */
export type PodLookup = { namespacesOf(pod: string): readonly string[]; isNamespace(name: string): boolean };

const NAME = "[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?";

type Layout = { readonly pattern: RegExp };

/** Whole layouts, most exact first; groups named ns, pod, container, previous. */
const LAYOUTS: readonly Layout[] = [
  // must-gather
  {
    pattern:
      /namespaces\/(?<ns>[^/]+)\/pods\/(?<pod>[^/]+)\/(?<container>[^/]+)\/[^/]+\/logs\/(?:current|(?<previous>previous)[.\w]*)\.log$/,
  },
  // insights-operator
  {
    pattern:
      /namespaces\/(?<ns>[^/]+)\/pods\/(?<pod>[^/]+)\/containers\/(?<container>[^/]+)\/logs\/[^/]*?(?<previous>previous)?[^/]*\.log$/,
  },
  { pattern: /config\/pod\/(?<ns>[^/]+)\/logs\/(?<pod>[^/]+)\/(?<container>[^/]+?)_(?:current|(?<previous>previous))\.log$/ },
  // troubleshoot
  { pattern: /cluster-resources\/pods\/logs\/(?<ns>[^/]+)\/(?<pod>[^/]+)\/(?<container>[^/]+?)(?<previous>-previous)?\.log$/ },
  // the kubelet: /var/log/pods, /var/log/containers
  { pattern: new RegExp(`/(?<ns>${NAME})_(?<pod>${NAME})_[0-9a-f-]{32,36}/(?<container>[^/]+)/\\d+\\.log$`) },
  { pattern: new RegExp(`/(?<pod>${NAME})_(?<ns>${NAME})_(?<container>${NAME})-[0-9a-f]{64}\\.log$`) },
  // kubectl cluster-info dump
  { pattern: /(?:^|\/)(?<ns>[^/]+)\/(?<pod>[^/]+)\/logs\.txt$/ },
];

/** Whether the name alone says log: then a file of any content is read as one. */
export function isLogPath(path: string): boolean {
  return /\.log(\.\d+)?$/i.test(path) || /(^|[/_.-])logs?([/_.-][^/]*)?\.(txt|out)$/i.test(path);
}

/** The owner that the path names; `pods` decides what is ambiguous. Undefined when the name is no pod's. */
export function logOwner(path: string, pods: PodLookup): LogOwner | undefined {
  for (const { pattern } of LAYOUTS) {
    const groups = pattern.exec(path)?.groups;
    if (groups?.["pod"])
      return { namespace: groups["ns"], pod: groups["pod"], container: groups["container"], previous: groups["previous"] !== undefined };
  }
  return byFolder(path, pods) ?? byFileName(path, pods);
}

/** Any folder that is called like a pod of the dump; the file below it is called like the container. */
function byFolder(path: string, pods: PodLookup): LogOwner | undefined {
  const folders = path.split("/");
  const file = folders.pop() ?? "";
  for (let at = folders.length - 1; at >= 0; at--) {
    const pod = folders[at] ?? "";
    const namespaces = pods.namespacesOf(pod);
    if (namespaces.length === 0) continue;
    const namespace = namespaces.find((name) => folders.includes(name)) ?? namespaces[0];
    return { namespace, pod, ...containerNamed(stem(file)) };
  }
  return undefined;
}

function containerNamed(name: string): { readonly container?: string; readonly previous: boolean } {
  const previous = /previous/i.test(name);
  const container = name.replace(/[-_.]?(previous|current|logs?)(?=$|[-_.])/gi, "");
  return { ...(new RegExp(`^${NAME}$`).test(container) ? { container } : {}), previous };
}

/** `ns_pod_container`, `pod_container`, `ns_pod` or `pod`, also with `-previous`, `_logs`. Kubernetes names hold no underscore. */
function byFileName(path: string, pods: PodLookup): LogOwner | undefined {
  const name = stem(path);
  const previous = /[-_.]previous$/i.test(name);
  const parts = name.replace(/[-_.](previous|current|logs?)$/i, "").split("_");
  if (!parts.every((part) => new RegExp(`^${NAME}$`).test(part))) return undefined;
  const [first = "", second, third] = parts;
  if (parts.length > 3) return undefined;
  if (third !== undefined) return { namespace: first, pod: second ?? "", container: third, previous };
  const folder = path.split("/").at(-2) ?? "";
  if (second === undefined) return { ...inNamespace(first, folder, pods), previous };
  if (pods.namespacesOf(second).length > 0 || (pods.namespacesOf(first).length === 0 && looksLikePod(second)))
    return { namespace: first, pod: second, previous };
  return { ...inNamespace(first, folder, pods), container: second, previous };
}

function inNamespace(pod: string, folder: string, pods: PodLookup): { readonly namespace?: string; readonly pod: string } {
  const known = pods.namespacesOf(pod);
  const namespace = known.includes(folder) || pods.isNamespace(folder) ? folder : known[0];
  return namespace === undefined ? { pod } : { namespace, pod };
}

/** A controller's pods end in a random part of 5 letters and digits, or in a number. */
export function looksLikePod(name: string): boolean {
  return /-([bcdfghjklmnpqrstvwxz2456789]{5}|\d{1,4})$/.test(name);
}
