// Makes findings and their evidence: severity and category from the knowledge table, texts bounded, commands safe to paste.
import type { Category, Evidence } from "../domain/episode.ts";
import { displayName } from "../domain/identity.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Severity } from "../domain/severity.ts";
import type { Finding } from "../domain/signal.ts";
import { FINDINGS, type FindingReason } from "../knowledge/findings.ts";

/** Longest message of a finding and longest quoted text, in characters. */
export const MESSAGE_LENGTH_MAX = 600;

/** What a detector knows beyond the reason. `severity` and `category` only where the object says other than the table. */
export type FindingParts = {
  readonly discriminator?: string | undefined;
  readonly message: string;
  readonly sinceMs?: number | undefined;
  readonly evidence: readonly Evidence[];
  readonly severity?: Severity | undefined;
  readonly category?: Category | undefined;
  readonly target?: string | undefined;
};

/** A finding with this reason. */
export function finding(reason: FindingReason, parts: FindingParts): Finding {
  const known = FINDINGS[reason];
  return {
    reason,
    discriminator: bounded(parts.discriminator ?? "", 253),
    severity: parts.severity ?? known.severity,
    category: parts.category ?? known.category,
    message: bounded(parts.message.replace(/…[.:;]/g, "…"), MESSAGE_LENGTH_MAX),
    ...(parts.sinceMs === undefined ? {} : { sinceMs: parts.sinceMs }),
    evidence: parts.evidence,
    ...(parts.target === undefined ? {} : { target: bounded(parts.target, 253) }),
  };
}

/** Evidence read from a field: `Pod shop/web-1 status.phase`, its value, and a command that shows it. */
export function fieldEvidence(object: KubeObject, path: string, value: string, command?: string): Evidence {
  return {
    source: bounded(
      `${displayName({ kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name })} ${path}`,
      MESSAGE_LENGTH_MAX,
    ),
    text: bounded(value, MESSAGE_LENGTH_MAX),
    ...(command === undefined ? {} : { command }),
  };
}

/** The command that prints one field. `jsonpath` without braces: `.status.phase`. */
export function getFieldCommand(object: KubeObject, jsonpath: string): string {
  return `${kubectl(object)} get ${resourceArgument(object)} -o jsonpath=${shellQuote(`{${jsonpath}}`)}`;
}

/** `kubectl describe` of the object. */
export function describeCommand(object: KubeObject): string {
  return `${kubectl(object)} describe ${resourceArgument(object)}`;
}

/** The log of a container; `previous`: of the run before the last restart. */
export function logsCommand(object: KubeObject, container: string, previous: boolean): string {
  return `${kubectl(object)} logs ${resourceArgument(object)} -c ${shellQuote(container)}${previous ? " --previous" : ""} --tail=50`;
}

/** `kubectl get` of other things in the object's namespace: `getCommand(pod, "configmap/settings")`. */
export function getCommand(object: KubeObject, what: string, ...flags: readonly string[]): string {
  return [`${kubectl(object)} get`, shellQuote(what), ...flags.map(shellQuote)].join(" ");
}

/** One shell word that stands for exactly this text. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A text in one line, cut to at most `max` characters with a mark where it was cut. */
export function bounded(text: string, max: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}

/** `2026-03-01 12:00:05 UTC`. Messages tell since when and not for how long: a text that changes with every look would be stored with every look. */
export function timeText(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? "an unknown time" : `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `3 minutes`, `2 hours`: a duration the way a sentence says it. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / 86_400)} days`;
}

function kubectl(object: KubeObject): string {
  const { namespace } = object.metadata;
  return namespace === undefined ? "kubectl" : `kubectl -n ${shellQuote(namespace)}`;
}

/** `pod/web-1`; kinds of foreign API groups with version and group, so that kubectl finds the right one. A name after a slash is never read as a flag. */
function resourceArgument(object: KubeObject): string {
  const kind = object.kind.toLowerCase();
  const [group, version] = object.apiVersion.split("/");
  const foreign = version !== undefined && group?.includes(".") && !group.endsWith(".k8s.io");
  return shellQuote(`${foreign ? `${kind}.${version}.${group}` : kind}/${object.metadata.name}`);
}
