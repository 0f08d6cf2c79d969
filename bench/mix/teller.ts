// Turns what happens in the cluster into the records a watch would bring: objects, events that repeat, log lines.
import type { SourceRecord } from "../../agent/sources/port.ts";
import type { Pod } from "./cluster.ts";
import { errorLine, plainLine } from "./log-lines.ts";
import type { Told } from "./objects.ts";
import { second } from "./pod-object.ts";
import type { Random } from "./random.ts";

/** Whom an event is about. */
export type About = { readonly kind: string; readonly namespace?: string; readonly name: string; readonly uid: string };

/** What an event says. */
export type Says = { readonly reason: string; readonly message: string; readonly component?: string; readonly warning?: boolean };

type Known = Says & {
  readonly about: About;
  readonly uid: string;
  readonly name: string;
  readonly firstMs: number;
  count: number;
  lastMs: number;
};

/** Repeats within this time go into the same Event object, as the API server's clients do. */
const REPEAT_MS = 10 * 60_000;

/** Events remembered for repeats. */
const KNOWN_MAX = 4_000;

/** Tells records; `state` and `events` are taken from the front. */
export class Teller {
  readonly state: SourceRecord[] = [];
  readonly events: SourceRecord[] = [];
  private readonly random: Random;
  private readonly known = new Map<string, Known>();
  private version = 1_000;
  nowMs: number;

  constructor(random: Random, nowMs: number) {
    this.random = random;
    this.nowMs = nowMs;
  }

  /** The next resource version. */
  next(): number {
    this.version += 1;
    return this.version;
  }

  object(op: "UPSERT" | "DELETE", value: Told): void {
    this.state.push(this.record({ kind: "object", op, value }));
  }

  /** An event, or one more of it. */
  event(about: About, says: Says): void {
    const key = `${about.uid} ${says.reason} ${says.message}`;
    const known = this.known.get(key);
    const repeats = known !== undefined && this.nowMs - known.lastMs <= REPEAT_MS;
    const event: Known = repeats
      ? known
      : {
          ...says,
          about,
          uid: this.random.uid(),
          name: `${about.name}.${this.random.suffix(16)}`,
          firstMs: this.nowMs,
          count: 0,
          lastMs: this.nowMs,
        };
    event.count += 1;
    event.lastMs = this.nowMs;
    this.known.delete(key);
    this.known.set(key, event);
    if (this.known.size > KNOWN_MAX) this.known.delete(this.known.keys().next().value ?? "");
    this.events.push(this.record({ kind: "event", value: eventObject(event, this.next()) }));
  }

  /** One more of some event told before; false when there is none. */
  repeatSome(): boolean {
    const recent = [...this.known.values()];
    if (recent.length === 0) return false;
    // Mostly the same few: what repeats once repeats again.
    const { about, ...says } = recent[this.random.below(Math.min(300, recent.length))] as Known;
    this.event(about, says);
    return true;
  }

  /** A line of a pod's log, as a log shipper sends it. */
  log(pod: Pod, broken: boolean): SourceRecord {
    const { workload } = pod;
    return this.record({
      kind: "log",
      value: {
        message: broken ? errorLine(this.random, workload) : plainLine(this.random, this.nowMs),
        timestamp: new Date(this.nowMs).toISOString(),
        stream: broken ? "stderr" : "stdout",
        file: `/var/log/pods/${workload.namespace}_${pod.name}_${pod.uid}/app/0.log`,
        source_type: "kubernetes_logs",
        kubernetes: {
          container_name: "app",
          container_image: pod.set.image,
          pod_name: pod.name,
          pod_namespace: workload.namespace,
          pod_uid: pod.uid,
          pod_node_name: pod.node?.name,
          pod_labels: { app: workload.name, team: workload.namespace },
        },
      },
    });
  }

  private record(body: SourceRecord["body"]): SourceRecord {
    return { origin: { source: "bench" }, cluster: "prod", atMs: Math.round(this.nowMs), body };
  }
}

function eventObject({ about, reason, message, component, warning, uid, name, firstMs, lastMs, count }: Known, version: number): Told {
  const from = component ?? "kubelet";
  return {
    kind: "Event",
    apiVersion: "v1",
    metadata: {
      name,
      namespace: about.namespace ?? "default",
      uid,
      resourceVersion: String(version),
      creationTimestamp: second(firstMs),
      managedFields: [
        {
          manager: from,
          operation: "Update",
          apiVersion: "v1",
          time: second(lastMs),
          fieldsType: "FieldsV1",
          fieldsV1: {
            "f:count": {},
            "f:firstTimestamp": {},
            "f:involvedObject": {},
            "f:lastTimestamp": {},
            "f:message": {},
            "f:reason": {},
          },
        },
      ],
    },
    involvedObject: { apiVersion: "v1", ...about, ...(about.kind === "Pod" ? { fieldPath: "spec.containers{app}" } : {}) },
    reason,
    message,
    source: { component: from },
    firstTimestamp: second(firstMs),
    lastTimestamp: second(lastMs),
    count,
    type: warning ? "Warning" : "Normal",
    eventTime: null,
    reportingComponent: from,
    reportingInstance: "",
  };
}
