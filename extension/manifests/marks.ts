// Which manifests belong to which incidents: a mark for each resource of an open incident that a file defines.
import type { WireCause, WireIncident } from "../../agent/protocol/incident.ts";
import { byUrgency } from "../incidents/incident-set.ts";
import { IMAGE_SETTING, imagesIn } from "./image-settings.ts";
import type { Renaming } from "./kustomization.ts";
import type { ManifestResource } from "./manifest-text.ts";

/** A resource that a file defines, its `at`th; `names`: what it is called once it is made. */
export type Defined = { readonly file: string; readonly at: number; readonly resource: ManifestResource; readonly names: readonly Place[] };

/** A name and the namespace, where one is said. */
export type Place = { readonly namespace: string | undefined; readonly name: string };

/** `root`: this is the root cause; `likeliest`: none is named, and this is the best guess; `hit`: it is a symptom. */
export type MarkRole = "root" | "likeliest" | "hit";

/** What to tell in a file; `cause`: what is known to be wrong with this resource. */
export type Mark = {
  readonly defined: Defined;
  readonly incident: WireIncident;
  readonly role: MarkRole;
  readonly cause: WireCause | undefined;
};

/** How a cluster names a resource. */
export type Subject = { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };

/** Finds what a workspace defines. */
export type DefinedIndex = (subject: Subject) => readonly Defined[];

const INCIDENTS_MAX = 200;
const SUBJECTS_MAX = 100;
const MARKS_MAX = 500;
const KNOWN_MAX = 20_000; // about 200 B each: 4 MB

/** What a resource is called once Kustomize has renamed it; as it stands where it does not. */
export function finalNames({ kind, namespace, name }: ManifestResource, renamings: readonly Renaming[]): readonly Place[] {
  if (renamings.length === 0 || kind === IMAGE_SETTING) return [{ namespace, name }];
  return renamings.map((to) => ({ namespace: to.namespace ?? namespace, name: `${to.prefix}${name}${to.suffix}` }));
}

/** An index by kind and name. A manifest that says no namespace may be of any; those that say the right one come before it. */
export function indexOf(all: readonly Defined[]): DefinedIndex {
  const byName = new Map<string, Defined[]>();
  for (const one of all) {
    for (const { name } of one.names) {
      const key = `${one.resource.kind}/${name}`;
      byName.set(key, [...(byName.get(key) ?? []), one]);
    }
  }
  const look = (subject: Subject) => {
    const found = candidates(subject).flatMap(({ kind, name, onlyGenerated }) =>
      (byName.get(`${kind}/${name}`) ?? []).filter(({ resource }) => resource.generated || !onlyGenerated),
    );
    const says = (one: Defined, namespace: string | undefined) => one.names.some((place) => place.namespace === namespace);
    const exact = found.filter((one) => says(one, subject.namespace));
    return [...new Set(exact.length > 0 ? exact : found.filter((one) => says(one, undefined)))];
  };
  // Incidents change many times a second, and name the same resources each time.
  const known = new Map<string, readonly Defined[]>();
  return (subject) => {
    const key = `${subject.kind}/${subject.namespace ?? ""}/${subject.name}`;
    const found = known.get(key) ?? look(subject);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(key, found);
    return found;
  };
}

/** The marks of the open incidents, the most urgent first. A resource has one mark for each incident. */
export function marksOf(incidents: readonly WireIncident[], find: DefinedIndex): Mark[] {
  const marks: Mark[] = [];
  for (const incident of [...incidents].sort(byUrgency).slice(0, INCIDENTS_MAX)) {
    const told = new Set<Defined>();
    for (const { subject, role, cause } of subjectsOf(incident)) {
      for (const defined of find(subject)) {
        if (told.has(defined) || marks.length >= MARKS_MAX) continue;
        told.add(defined);
        marks.push({ defined, incident, role, cause: cause ?? causeAt(incident, defined, find) });
      }
    }
  }
  return marks;
}

type Told = { readonly subject: Subject; readonly role: MarkRole; readonly cause: WireCause | undefined };

function subjectsOf({ root_cause: root, causes, affected }: WireIncident): Told[] {
  const lead = root ?? causes.find(({ rejected_because }) => rejected_because === undefined);
  const first: Told[] = lead ? [{ subject: lead, role: root ? "root" : "likeliest", cause: lead }] : [];
  const images = lead?.category === "image" ? lead.evidence.flatMap(({ text }) => imagesIn(text)) : [];
  const settings = images.map((name): Told => ({ subject: { kind: IMAGE_SETTING, name }, role: root ? "root" : "likeliest", cause: lead }));
  const hit = affected.filter(({ role }) => role === "symptom").slice(0, SUBJECTS_MAX);
  return [...first, ...settings, ...hit.map((subject): Told => ({ subject, role: "hit", cause: undefined }))];
}

/** What went wrong with a resource that was hit, or with the pods that it makes; a rival explanation only where nothing else is known. */
function causeAt({ causes }: WireIncident, defined: Defined, find: DefinedIndex): WireCause | undefined {
  const own = causes.slice(0, SUBJECTS_MAX).filter((cause) => find(cause).includes(defined));
  return own.find(({ rejected_because }) => rejected_because !== undefined) ?? own[0];
}

type Candidate = { readonly kind: string; readonly name: string; readonly onlyGenerated: boolean };

// Kubernetes makes suffixes of these characters (k8s.io/apimachinery/pkg/util/rand), so that they spell nothing.
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";
const POD = new RegExp(`^(.+)-${RANDOM}{5}$`);
const REPLICA_SET = new RegExp(`^(.+)-${RANDOM}{6,10}$`);
const ORDINAL = /^(.+)-\d{1,6}$/;
const SCHEDULED = /^(.+)-\d{8,10}$/;
const GENERATED = /^(.+)-[a-z0-9]{10}$/;

/** The resource itself, and what may have made it: a pod is defined by its workload's manifest. */
function candidates({ kind, name }: Subject): Candidate[] {
  const made = (maker: string, by: string | undefined): Candidate[] =>
    by === undefined ? [] : [{ kind: maker, name: by, onlyGenerated: false }];
  const base = (pattern: RegExp, text: string | undefined) => (text === undefined ? undefined : pattern.exec(text)?.[1]);
  const owner = base(POD, name);
  const own: Candidate = { kind, name, onlyGenerated: false };
  switch (kind) {
    case "Pod":
      return [
        own,
        ...made("Deployment", base(REPLICA_SET, owner)),
        ...["ReplicaSet", "DaemonSet", "Job"].flatMap((maker) => made(maker, owner)),
        ...made("StatefulSet", base(ORDINAL, name)),
        ...made("CronJob", base(SCHEDULED, owner)),
      ];
    case "ReplicaSet":
      return [own, ...made("Deployment", base(REPLICA_SET, name))];
    case "Job":
      return [own, ...made("CronJob", base(SCHEDULED, name))];
    case "ConfigMap":
    case "Secret": {
      const plain = base(GENERATED, name);
      return [own, ...(plain === undefined ? [] : [{ kind, name: plain, onlyGenerated: true }])];
    }
    default:
      return [own];
  }
}
