// Which workload a pod, a ReplicaSet or a Job is a replica of: told by its labels, else by how controllers make names.
import type { WireSubject } from "../agent/protocol/incident.ts";

/** The characters of the API server's random suffixes and of template hashes (k8s.io/apimachinery/pkg/util/rand): no vowels, no 0, 1 or 3. */
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";

/** A CronJob names its Jobs by the minute they are due, in minutes since 1970: eight digits until 2160. */
const DUE = /-\d{8,}$/;

/** What a name ends with when a controller made it, most telling first. */
const ENDINGS: Readonly<Record<string, readonly RegExp[]>> = {
  Pod: [new RegExp(`-${RANDOM}{6,10}-${RANDOM}{5}$`), new RegExp(`-\\d{8,}-${RANDOM}{5}$`), new RegExp(`-${RANDOM}{5}$`), /-\d{1,4}$/],
  ReplicaSet: [new RegExp(`-${RANDOM}{6,10}$`)],
  Job: [DUE],
};

type Named = Pick<WireSubject, "kind" | "name" | "labels">;

/** The name of the workload that a resource is a replica of; undefined for what is nobody's replica, as far as can be told. */
export function workloadOf(subject: Named): string | undefined {
  return (subject.kind === "Pod" ? byLabels(subject) : undefined) ?? byName(subject);
}

function byLabels({ name, labels = {} }: Named): string | undefined {
  const job = labels["batch.kubernetes.io/job-name"] ?? labels["job-name"];
  if (job) return job.replace(DUE, "");
  const hash = labels["pod-template-hash"];
  const at = hash ? name.lastIndexOf(`-${hash}-`) : -1;
  if (at > 0) return name.slice(0, at);
  // A DaemonSet's pod ends in random characters, a StatefulSet's in its ordinal.
  return labels["controller-revision-hash"] ? name.replace(/-[^-]+$/, "") || undefined : undefined;
}

function byName({ kind, name }: Named): string | undefined {
  const endings = Object.hasOwn(ENDINGS, kind) ? ENDINGS[kind] : undefined;
  const ending = endings?.find((one) => one.test(name));
  return ending ? name.replace(ending, "") || undefined : undefined;
}
