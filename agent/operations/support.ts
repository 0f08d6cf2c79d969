// What somebody who helps needs to know of this kgroot: versions, counts, findings, settings and metrics, without names of clusters, hosts, paths or secrets.
import { arch, platform, uptime, versions } from "node:process";
import { redactText } from "../platform/redaction.ts";
import type { HealthFinding, Stats } from "../store/port.ts";

/** What the bundle is made of. `names` are told nowhere: clusters, contexts, namespaces. */
export type SupportInput = {
  readonly kgroot: string;
  readonly atMs: number;
  readonly settings: unknown;
  readonly findings: readonly HealthFinding[];
  readonly stats: Stats;
  readonly metrics: string;
  readonly names: readonly string[];
};

/** A line of metrics beyond this many is left out and counted. */
const METRIC_LINES_MAX = 5_000;

/** The bundle: JSON that can be read before it is sent. */
export function supportBundle(input: SupportInput): Record<string, unknown> {
  const { kgroot, atMs, settings, findings, stats, metrics } = input;
  const hide = hider(input);
  const hideAll = (text: string) => hide(text).replace(PATH, "[path]");
  const lines = metrics.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return {
    kgroot,
    at: new Date(atMs).toISOString(),
    node: versions.node,
    sqlite: versions.sqlite ?? null,
    platform,
    arch,
    uptime_s: Math.round(uptime()),
    findings: hidden(findings, hideAll),
    counts: {
      resources: stats.resources,
      resources_by_kind: stats.resourcesByKind,
      relations_by_type: stats.relationsByType,
      events_by_severity: stats.episodesBySeverity,
      incidents: stats.incidents,
    },
    settings: hidden(settings, hideAll),
    metrics: lines.slice(0, METRIC_LINES_MAX).map(hide),
    metrics_left_out: Math.max(0, lines.length - METRIC_LINES_MAX),
  };
}

/** An absolute path of POSIX or Windows; not the path of a route in the metrics, which names nobody. */
const PATH = /(?<![\w:/.~])(?:[A-Za-z]:[\\/](?!\/)|\/(?!\/))[^\s"',:;)]+/g;

/** Masks names, hosts of addresses, and what looks like a secret. A name is replaced by the same word throughout. */
function hider({ names }: SupportInput): (text: string) => string {
  const words = [...new Set(names)].filter((name) => name !== "" && name !== "default").sort((a, b) => b.length - a.length);
  return (text) => {
    let out = redactText(text);
    out = out.replace(/\b(https?|wss?|bolt|neo4j)(\+s)?:\/\/[^\s/"',)]+/g, "$1$2://[host]");
    for (const [at, name] of words.entries()) out = out.replace(wholeWord(name), `[name-${at + 1}]`);
    return out;
  };
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g");
}

/** Any JSON value, its strings masked. */
function hidden(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === "string") return hide(value);
  if (Array.isArray(value)) return value.map((item) => hidden(item, hide));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item, hide)]));
}
