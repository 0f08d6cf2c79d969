// Kustomize: which files a kustomization takes in, how it renames them, and what it generates. Paths have forward slashes.
import { posix } from "node:path";
import { isMap, isSeq, type YAMLMap } from "yaml";
import { documentsOf, type PlacedResource, scalarText, textIn } from "./manifest-text.ts";

/** What a kustomization does to the resources that it takes in. */
export type Renaming = { readonly namespace: string | undefined; readonly prefix: string; readonly suffix: string };

/** A kustomization: `takes` are files and folders, as whole paths. */
export type Kustomization = { readonly folder: string; readonly renaming: Renaming; readonly takes: readonly string[] };

const NO_RENAMING: Renaming = { namespace: undefined, prefix: "", suffix: "" };
const TAKEN_IN = ["resources", "bases", "components", "patchesStrategicMerge", "crds"];
const GENERATORS = [
  ["configMapGenerator", "ConfigMap"],
  ["secretGenerator", "Secret"],
] as const;
const DEPTH_MAX = 8;
const NAMES_MAX = 50;
const STEPS_MAX = 200;

/** Whether a file is a kustomization, by its name. */
export function isKustomization(path: string): boolean {
  return /^(?:kustomization\.ya?ml|Kustomization)$/.test(posix.basename(path));
}

/** The kustomization in a text. */
export function readKustomization(path: string, text: string): Kustomization | undefined {
  const [document] = documentsOf(text);
  const map = document?.contents;
  if (!isMap(map)) return undefined;
  const folder = posix.dirname(path);
  const listed = [...TAKEN_IN.flatMap((key) => entriesOf(map, key).map(scalarText)), ...patchFiles(map)];
  return {
    folder,
    renaming: { namespace: textIn(map, "namespace"), prefix: textIn(map, "namePrefix") ?? "", suffix: textIn(map, "nameSuffix") ?? "" },
    takes: listed.flatMap((entry) => (entry === undefined || entry.includes("://") ? [] : [posix.join(folder, entry)])),
  };
}

/** The ConfigMaps and Secrets that a kustomization generates, where each is named. */
export function generatedResources(text: string): PlacedResource[] {
  const [document] = documentsOf(text);
  const map = document?.contents;
  if (!document || !isMap(map)) return [];
  return GENERATORS.flatMap(([key, kind]) =>
    entriesOf(map, key).flatMap((node) => {
      const name = isMap(node) ? textIn(node, "name") : undefined;
      if (!isMap(node) || name === undefined) return [];
      return [{ resource: { kind, namespace: textIn(node, "namespace"), name, generated: true }, node, document }];
    }),
  );
}

/** For each file that is taken in, what it is renamed to along every way to the top; a file that is not has none. */
export function renamingsOf(kustomizations: readonly Kustomization[]): (path: string) => readonly Renaming[] {
  const takers = new Map<string, Kustomization[]>();
  for (const one of kustomizations) for (const path of new Set(one.takes)) takers.set(path, [...(takers.get(path) ?? []), one]);
  const own = new Map(kustomizations.map((one) => [one.folder, one]));
  return (path) => {
    // What a kustomization generates is renamed by itself first.
    const generator = isKustomization(path) ? own.get(posix.dirname(path)) : undefined;
    if (generator) return waysUp(generator.folder, generator.renaming, takers);
    return takers.has(path) ? waysUp(path, NO_RENAMING, takers) : [];
  };
}

/** Kustomizations may take each other in, in circles too: so many steps are walked and no more. */
function waysUp(path: string, so: Renaming, takers: ReadonlyMap<string, readonly Kustomization[]>): Renaming[] {
  const ends: Renaming[] = [];
  const open = [{ path, so, depth: 0 }];
  for (let steps = 0; steps < STEPS_MAX && ends.length < NAMES_MAX; steps += 1) {
    const here = open.shift();
    if (!here) break;
    const above = here.depth < DEPTH_MAX ? (takers.get(here.path) ?? []) : [];
    if (above.length === 0) ends.push(here.so);
    for (const one of above.slice(0, STEPS_MAX)) {
      open.push({ path: one.folder, so: combined(here.so, one.renaming), depth: here.depth + 1 });
    }
  }
  return ends;
}

/** The outer kustomization's namespace wins; its prefix stands before the inner one's. */
function combined(inner: Renaming, outer: Renaming): Renaming {
  return {
    namespace: outer.namespace ?? inner.namespace,
    prefix: `${outer.prefix}${inner.prefix}`,
    suffix: `${inner.suffix}${outer.suffix}`,
  };
}

function patchFiles(map: YAMLMap): (string | undefined)[] {
  return entriesOf(map, "patches").map((patch) => (isMap(patch) ? textIn(patch, "path") : undefined));
}

function entriesOf(map: YAMLMap, key: string): readonly unknown[] {
  const list = map.get(key, true);
  return isSeq(list) ? list.items : [];
}
