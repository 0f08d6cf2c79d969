// Which resource an alert's labels speak of: the most specific one, and never the exporter that only measured it.
import type { ResourceRef } from "../../domain/identity.ts";
import { isClusterScoped } from "../../domain/identity.ts";
import { subjectLabels } from "../../knowledge/vocabulary.ts";
import type { Fields } from "../fields.ts";
import { nameFault, textAt } from "../fields.ts";

/** Labels that say where the sample was scraped; on these jobs' series that is the exporter itself. */
const SCRAPE_LABELS = new Set(["pod", "service", "container", "instance", "endpoint"]);
const EXPORTER_JOBS = /kube-state-metrics|node-exporter|blackbox|^kubelet$|cadvisor/;
/** Jobs that scrape each machine: their `instance` is the node. */
const MACHINE_JOBS = /node-exporter|^kubelet$|cadvisor/;

/** The resource; the cluster itself when no label names one. `container` where the alert is about one of the pod's. */
export function alertSubject(
  alertname: string,
  labels: Fields,
  cluster: string,
): { readonly subject: ResourceRef; readonly container?: string | undefined } {
  const namespace = label(labels, "namespace") ?? label(labels, "kubernetes_namespace");
  for (const { label: key, kind } of subjectLabels(alertname)) {
    const name = isExporter(labels, key) ? undefined : label(labels, key);
    if (name === undefined || key === "namespace" || key === "exported_namespace") continue;
    if (key === "instance" && !MACHINE_JOBS.test(textAt(labels, "job") ?? "")) continue;
    const container = kind === "Pod" ? label(labels, "container") : undefined;
    const bare = kind === "Node" ? name.replace(/:\d{1,5}$/, "") : name;
    return {
      subject: { kind, ...(namespace && !isClusterScoped(kind) ? { namespace } : {}), name: bare },
      ...(container ? { container } : {}),
    };
  }
  return { subject: namespace ? { kind: "Namespace", name: namespace } : { kind: "Cluster", name: cluster } };
}

/** Prometheus renames a metric's own label to `exported_…` when the scrape has one of that name: the metric's own is meant. */
function label(labels: Fields, key: string): string | undefined {
  const name = textAt(labels, `exported_${key}`) ?? textAt(labels, key);
  return name === undefined || nameFault(name) ? undefined : name;
}

/** kube-state-metrics' series carry the pod they speak of, unless that is kube-state-metrics' own; a machine's `instance` is the machine. */
function isExporter(labels: Fields, key: string): boolean {
  const job = textAt(labels, "job") ?? "";
  if (!SCRAPE_LABELS.has(key) || !EXPORTER_JOBS.test(job) || textAt(labels, `exported_${key}`)) return false;
  const value = textAt(labels, key) ?? "";
  if (/kube-state-metrics/.test(job)) return /kube-state-metrics/.test(value) || key === "service" || key === "instance";
  return key === "service" || (key !== "instance" && value.includes(job));
}
