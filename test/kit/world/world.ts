// A small Kubernetes cluster that plays itself: what happens to it is told as the lines that a recording of its API server would hold.

/** A JSON object under construction. */
export type Draft = { [key: string]: unknown };

/** An object of the API, as it is told. */
export type Told = Draft & { kind: string; apiVersion: string; metadata: Draft & { name: string; namespace?: string; uid: string } };

/** What a caller says of a new object; metadata that the API server sets is added. */
export type Given = Draft & { kind: string; apiVersion: string; metadata: Draft & { name: string; namespace?: string } };

/** Kinds that are listed at the beginning, so that absence means something. */
const LISTED = [
  "Namespace",
  "Node",
  "Pod",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Service",
  "EndpointSlice",
  "ConfigMap",
  "Secret",
  "ServiceAccount",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "StorageClass",
  "ResourceQuota",
  "LimitRange",
  "NetworkPolicy",
  "PriorityClass",
  "Ingress",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
];

const MONTH_MS = 30 * 86_400_000;

/** The cluster's clock, objects and tape. */
export class World {
  #nowMs: number;
  #version = 1_000;
  #isListed = false;
  #uid = 0;
  readonly #lines: string[] = [];
  readonly #objects = new Map<string, Told>();

  /** Begins at an RFC 3339 time. */
  constructor(start: string) {
    this.#nowMs = Date.parse(start);
  }

  /** Now, to the second, as the API server writes it. */
  get now(): string {
    return new Date(this.#nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  }

  /** Time goes on. */
  wait(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }

  /** Everything that was told so far, one JSON value a line. */
  get tape(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  /** The next identifier; always the same ones in the same order. */
  nextUid(): string {
    this.#uid += 1;
    return `00000000-0000-4000-8000-${String(this.#uid).padStart(12, "0")}`;
  }

  /** Says that all lists have been told in full. */
  listed(): void {
    this.#isListed = true;
    for (const kind of LISTED)
      this.#tell({ type: "BOOKMARK", object: { kind, metadata: { annotations: { "k8s.io/initial-events-end": "true" } } } });
  }

  /** Creates an object; what the first lists tell of is a month old. */
  create(given: Given): Told {
    const metadata = {
      ...given.metadata,
      uid: this.nextUid(),
      resourceVersion: this.#nextVersion(),
      creationTimestamp: this.#isListed ? this.now : new Date(this.#nowMs - MONTH_MS).toISOString().replace(/\.\d+Z$/, "Z"),
      generation: 1,
    };
    const told = { ...given, metadata } as Told;
    this.#objects.set(keyOf(told), told);
    this.#tell({ type: "ADDED", object: told });
    return told;
  }

  /** Changes an object in place and tells its new version; `spec` edits raise the generation. */
  edit(object: Told, change: (draft: Told) => void): void {
    const spec = JSON.stringify(object["spec"]);
    change(object);
    if (JSON.stringify(object["spec"]) !== spec) object.metadata["generation"] = Number(object.metadata["generation"]) + 1;
    object.metadata["resourceVersion"] = this.#nextVersion();
    this.#tell({ type: "MODIFIED", object });
  }

  /** Deletes an object. */
  remove(object: Told): void {
    object.metadata["resourceVersion"] = this.#nextVersion();
    this.#objects.delete(keyOf(object));
    this.#tell({ type: "DELETED", object });
  }

  /** The objects of a kind that exist now. */
  all(kind: string): readonly Told[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind);
  }

  /** One object that exists; throws when it does not. */
  get(kind: string, name: string): Told {
    const found = this.all(kind).find((object) => object.metadata.name === name);
    if (!found) throw new Error(`the world has no ${kind} ${name}`);
    return found;
  }

  /** An Event about an object, once or, told again under the same name, `count` times since its beginning. */
  event(
    about: Told,
    told: {
      readonly reason: string;
      readonly message: string;
      readonly type?: "Normal";
      readonly container?: string;
      readonly count?: number;
      readonly overSeconds?: number;
    },
  ): void {
    const { reason, message, type = "Warning", container, count = 1, overSeconds = 0 } = told;
    const { name, namespace, uid } = about.metadata;
    const fieldPath = container === undefined ? {} : { fieldPath: `spec.containers{${container}}` };
    const first = new Date(this.#nowMs - overSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
    const eventUid = this.nextUid();
    this.#tell({
      type: "ADDED",
      object: {
        kind: "Event",
        apiVersion: "v1",
        metadata: { name: `${name}.${eventUid.slice(-8)}`, namespace: namespace ?? "default", uid: eventUid, creationTimestamp: first },
        involvedObject: { kind: about.kind, ...(namespace ? { namespace } : {}), name, uid, apiVersion: about.apiVersion, ...fieldPath },
        reason,
        message,
        type,
        count,
        firstTimestamp: first,
        lastTimestamp: this.now,
        source: { component: about.kind === "Pod" ? "kubelet" : "controller-manager" },
      },
    });
  }

  /** A line in a container's log. */
  log(pod: Told, line: string): void {
    this.#tell({ line, pod: pod.metadata.name, namespace: pod.metadata.namespace, container: "app" });
  }

  #tell(line: Draft): void {
    // A moment passes with everything that is told, as on a real tape.
    this.#nowMs += 40;
    this.#lines.push(JSON.stringify({ at: new Date(this.#nowMs).toISOString(), ...line }));
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

function keyOf({ kind, metadata }: Told): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}
