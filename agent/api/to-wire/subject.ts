// A subject as every answer names it.
import type { ResourceId } from "../../domain/identity.ts";
import type { Subject } from "../../domain/resource.ts";
import type { WireSubject } from "../../protocol/incident.ts";
import { given } from "./given.ts";

/** A subject on the wire. */
export function wireSubject(subject: Subject): WireSubject {
  const { rid, cluster, kind, namespace, name, uid, labels } = subject;
  return { rid, cluster, kind, name, ...given({ namespace, uid, labels: labels && { ...labels } }) };
}

/** A subject of whose resource nothing is stored any more: what its rid alone says. */
export function subjectFromRid(cluster: string, rid: ResourceId): Subject {
  const [kind = "", ...rest] = rid.split(":");
  return rest.length > 1
    ? { rid, cluster, kind, namespace: rest[0], name: rest.slice(1).join(":") }
    : { rid, cluster, kind, name: rest[0] ?? "" };
}
