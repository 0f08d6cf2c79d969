// What a verdict was reached without: said with it, because half the evidence gives half a verdict.
import type { Episode } from "../domain/episode.ts";
import { displayName } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import type { CausalView } from "./causal-view.ts";

/** Reasons of containers that ended by themselves: their own last words would say why. */
const CRASH_REASONS = new Set([
  "CrashLoopBackOff",
  "ContainerExitedWithError",
  "InitContainerFailed",
  "BackOff",
  "ContainerBackOff",
  "JobFailed",
]);

/** Most gaps named. */
const GAPS_MAX = 12;

/** What is known to be missing: what sources said, since when anything was watched, and how far back a cause may lie. */
export type Watched = { readonly knownGaps: Iterable<string>; readonly startedMs: number; readonly windowMs: number };

/** What a verdict on these episodes was reached without. */
export function evidenceGaps(
  episodes: readonly Episode[],
  view: CausalView,
  { knownGaps, startedMs, windowMs }: Watched,
): readonly string[] {
  const gaps = [...knownGaps];
  const first = Math.min(...episodes.map((episode) => episode.firstMs));
  if (startedMs > first - windowMs)
    gaps.push(`nothing was watched before ${new Date(startedMs).toISOString()}: an earlier change would not be seen`);
  for (const resource of crashedWithoutLogs(episodes, view))
    gaps.push(`no log lines of ${displayName(resource)} were seen, so why its process ended is not known`);
  for (const resource of neverSeen(episodes, view))
    gaps.push(`${displayName(resource)} is only named by others, its own state was not seen`);
  return [...new Set(gaps)].slice(0, GAPS_MAX);
}

function crashedWithoutLogs(episodes: readonly Episode[], view: CausalView): readonly Resource[] {
  const crashed = [...new Set(episodes.filter((episode) => CRASH_REASONS.has(episode.reason)).map((episode) => episode.rid))];
  const silent = crashed.filter(
    (rid) => ![...view.about(rid)].some((episode) => episode.etype === "k8s.log" || episode.reason === "OOMKilled"),
  );
  return silent.slice(0, 2).flatMap((rid) => view.resource(rid) ?? []);
}

function neverSeen(episodes: readonly Episode[], view: CausalView): readonly Resource[] {
  const rids = [...new Set(episodes.map((episode) => episode.rid))];
  return rids
    .flatMap((rid) => view.resource(rid) ?? [])
    .filter((resource) => !resource.object && resource.kind !== "Namespace")
    .slice(0, 3);
}
