// The short flags that name clusters to watch, and the settings that they stand for.
import { type Command, Option } from "commander";
import type { OptionValues } from "./options.ts";

const collect = (name: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), name];

/** `--context`, `--kubeconfig` and `--in-cluster`. */
export function withClusters(command: Command): Command {
  const group = "Which clusters:";
  command.addOption(
    new Option("--context <name>", "watch this context of the kubeconfig; may be given several times").helpGroup(group).argParser(collect),
  );
  command.addOption(new Option("--kubeconfig <file>", "watch a cluster of this kubeconfig").helpGroup(group));
  return command.addOption(new Option("--in-cluster", "watch the cluster that this runs in, as its pod's account").helpGroup(group));
}

/** The options with those of `withClusters` as settings; each switches watching on. */
export function clusterSettings(options: OptionValues): OptionValues {
  const { context, kubeconfig, inCluster } = options;
  if (context === undefined && kubeconfig === undefined && inCluster === undefined) return options;
  return {
    ...options,
    "kubernetes.enabled": true,
    ...(context === undefined ? {} : { "kubernetes.contexts": context }),
    ...(kubeconfig === undefined ? {} : { "kubernetes.kubeconfig": kubeconfig }),
  };
}
