// Where an image's tag is set beside the manifest: `images` of a kustomization, and `repository` with `tag` in a Helm chart's values.
import { isMap, isSeq, type YAMLMap } from "yaml";
import { documentsOf, type PlacedResource, resolved, textIn } from "./manifest-text.ts";

/** Kind under which a setting of an image is found; its name is the whole image (`registry.test/shop:1.5.0`). */
export const IMAGE_SETTING = "(image)";

const SETTINGS_MAX = 200;
const NODES_MAX = 5_000;
const DEPTH_MAX = 12;
const IMAGE_CHARS_MAX = 500;

/** Whether a file holds the values of a Helm chart, by its name. */
export function isValues(path: string): boolean {
  return /(?:^|\/)values[^/]*\.ya?ml$/.test(path);
}

/** The images that a text sets, each where it is set. */
export function imageSettings(text: string): PlacedResource[] {
  const found: PlacedResource[] = [];
  let left = NODES_MAX;
  for (const document of documentsOf(text)) {
    const search = (one: unknown, depth: number): void => {
      left -= 1;
      const node = resolved(one, document);
      if (left < 0 || depth > DEPTH_MAX || found.length >= SETTINGS_MAX) return;
      if (isSeq(node)) for (const item of node.items) search(item, depth + 1);
      if (!isMap(node)) return;
      const name = imageOf(node);
      if (name) found.push({ resource: { kind: IMAGE_SETTING, namespace: undefined, name, generated: false }, node, document });
      for (const { value } of node.items) search(value, depth + 1);
    };
    search(document.contents, 0);
  }
  return found;
}

/** The images that a text speaks of. */
export function imagesIn(text: string): string[] {
  const pattern = /[a-z0-9][\w.:/-]{0,250}(?::[\w.-]{1,128}|@sha256:[0-9a-f]{64})/gi;
  return [...new Set(text.slice(0, 4 * IMAGE_CHARS_MAX).match(pattern) ?? [])].slice(0, 10);
}

/** Kustomize: name or newName with newTag or digest; Helm: registry, repository and tag or digest. */
function imageOf(map: YAMLMap): string | undefined {
  const newTag = textIn(map, "newTag");
  const digest = textIn(map, "digest");
  const kustomized = textIn(map, "newName") ?? (newTag === undefined ? undefined : textIn(map, "name"));
  const repository = kustomized ?? textIn(map, "repository");
  if (repository === undefined) return undefined;
  const registry = kustomized === undefined ? textIn(map, "registry") : undefined;
  const tag = newTag ?? textIn(map, "tag");
  const version = digest ? `@${digest}` : tag ? `:${tag}` : undefined;
  return version && `${registry ? `${registry}/` : ""}${repository}${version}`;
}
