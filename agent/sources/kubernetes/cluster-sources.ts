// One source for each cluster that the settings name.
import type { ConnectOptions } from "./connect.ts";
import { type KubernetesSource, kubernetesSource } from "./kubernetes-source.ts";
import type { KubernetesSourceOptions } from "./watch-options.ts";

/** Which clusters to watch. */
export type ClustersOptions = Omit<KubernetesSourceOptions, "cluster" | "connection" | "api" | "knownBefore" | "meter"> & {
  /** Each a cluster; empty: the one that a pod runs in, else the kubeconfig's current one. */
  readonly contexts: readonly string[];
  readonly kubeconfig?: string | undefined;
  /** The cluster's name where no contexts are named; with one context too, unless it is `default`, which nobody chose. */
  readonly cluster: string;
  readonly knownBefore: (cluster: string, kind: string) => ReturnType<KubernetesSourceOptions["knownBefore"]>;
  readonly meterOf: (cluster: string) => KubernetesSourceOptions["meter"];
};

/** The sources, none started. */
export function clusterSources(options: ClustersOptions): readonly KubernetesSource[] {
  const { contexts, kubeconfig, cluster, knownBefore, meterOf, ...rest } = options;
  const one = (name: string, connection: ConnectOptions) =>
    kubernetesSource({ ...rest, cluster: name, connection, knownBefore: (kind) => knownBefore(name, kind), meter: meterOf(name) });
  if (contexts.length === 0) return [one(cluster, { kubeconfig })];
  const isNamed = contexts.length === 1 && cluster !== "default";
  return contexts.map((context) => one(isNamed ? cluster : context, { context, kubeconfig }));
}
