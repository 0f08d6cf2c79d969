// How severities, kinds and link scores look: shape, colour class and word, so that nothing is told by colour alone.
import type { WireSeverity } from "../agent/protocol/incident.ts";

/** A severity's mark: `shape` is an SVG path in a 16 by 16 box, `sign` a second path drawn over it, `token` the class that colours it. */
export type SeverityMark = {
  readonly word: string;
  readonly token: string;
  readonly shape: string;
  readonly sign: string;
  readonly rank: number;
};

const MARKS: Readonly<Record<WireSeverity, SeverityMark>> = {
  INFO: { word: "info", token: "sev-info", rank: 0, shape: "M8 1a7 7 0 1 0 0 14a7 7 0 1 0 0-14z", sign: "M8 7v5M8 4v1" },
  WARNING: { word: "warning", token: "sev-warning", rank: 1, shape: "M8 1L15.5 14.5H.5z", sign: "M8 6v4M8 12v1" },
  ERROR: { word: "error", token: "sev-error", rank: 2, shape: "M8 .5L15.5 8L8 15.5L.5 8z", sign: "M8 4v5M8 11v1" },
  FATAL: { word: "fatal", token: "sev-fatal", rank: 3, shape: "M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z", sign: "M5 5l6 6M11 5l-6 6" },
};

/** The mark of a severity. */
export function severityMark(severity: WireSeverity): SeverityMark {
  return MARKS[severity];
}

/** The worst of several severities; INFO of none. */
export function worst(severities: readonly WireSeverity[]): WireSeverity {
  return severities.reduce<WireSeverity>((a, b) => (MARKS[b].rank > MARKS[a].rank ? b : a), "INFO");
}

/** kubectl's own short names, which engineers read at a glance. */
const SHORT_KINDS: Readonly<Record<string, string>> = {
  Pod: "po",
  Deployment: "deploy",
  ReplicaSet: "rs",
  StatefulSet: "sts",
  DaemonSet: "ds",
  Job: "job",
  CronJob: "cj",
  Service: "svc",
  Endpoints: "ep",
  EndpointSlice: "eps",
  Ingress: "ing",
  ConfigMap: "cm",
  Secret: "secret",
  Namespace: "ns",
  Node: "no",
  PersistentVolume: "pv",
  PersistentVolumeClaim: "pvc",
  StorageClass: "sc",
  HorizontalPodAutoscaler: "hpa",
  PodDisruptionBudget: "pdb",
  NetworkPolicy: "netpol",
  ResourceQuota: "quota",
  LimitRange: "limits",
  ServiceAccount: "sa",
  PriorityClass: "pc",
  MutatingWebhookConfiguration: "mwc",
  ValidatingWebhookConfiguration: "vwc",
  CustomResourceDefinition: "crd",
};

/** The glyph of a kind: kubectl's short name, else the capitals of the kind in small letters. At most 6 letters. */
export function kindGlyph(kind: string): string {
  const known = Object.hasOwn(SHORT_KINDS, kind) ? SHORT_KINDS[kind] : undefined;
  if (known) return known;
  const capitals = kind.replace(/[^A-Z]/g, "").toLowerCase();
  return (capitals.length > 1 ? capitals : kind.toLowerCase()).slice(0, 6);
}

const ETYPES: Readonly<Record<string, string>> = {
  "k8s.event": "event",
  "k8s.log": "log line",
  "prom.alert": "alert",
  "k8s.state": "state",
  "k8s.change": "change",
  anomaly: "anomaly",
};

/** What sort of episode it is, in a word. */
export function etypeWord(etype: string): string {
  return (Object.hasOwn(ETYPES, etype) ? ETYPES[etype] : undefined) ?? etype;
}

/** Stroke width of a link in pixels from its score 0..1: 2.5 to 4 on the verdict's path, 1 to 2 elsewhere. */
export function linkWidth(score: number, emphasis: "chain" | "plain" | "aside"): number {
  const share = Math.min(1, Math.max(0, score));
  return emphasis === "chain" ? 2.5 + 1.5 * share : 1 + share;
}

/** The severities to choose from, worst first. */
export const SEVERITY_CHOICES: readonly WireSeverity[] = ["FATAL", "ERROR", "WARNING", "INFO"];
