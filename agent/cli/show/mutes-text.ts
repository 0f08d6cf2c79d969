// Mute rules as sentences.
import type { WireMute } from "../../protocol/graph.ts";
import { cleanText } from "./clean-text.ts";
import { localTime } from "./words.ts";

/** `reason OOMKilled on kind Pod in namespace shop, until …: why`. */
export function muteText({ cluster, kind, namespace, name, reason, until, comment }: WireMute): string {
  const parts = [
    reason && `reason ${reason}`,
    kind && `kind ${kind}`,
    name && `name ${name}`,
    namespace && `namespace ${namespace}`,
    cluster && `cluster ${cluster}`,
    until && `until ${localTime(until)}`,
  ];
  return cleanText(`${parts.filter((part) => part).join(", ")}: ${comment}`);
}
