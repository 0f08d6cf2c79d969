// The YAML files of the workspace and the resources that they define: read once when first needed, then kept in step with disk and editors.
import { posix } from "node:path";
import { CancellationTokenSource, type Disposable, EventEmitter, type Range, type TextDocument, type Uri, workspace } from "vscode";
import { nameSpan } from "./field-position.ts";
import { imageSettings, isValues } from "./image-settings.ts";
import { generatedResources, isKustomization, type Kustomization, readKustomization, renamingsOf } from "./kustomization.ts";
import { type ManifestResource, type PlacedResource, placedResources } from "./manifest-text.ts";
import { type Defined, type DefinedIndex, finalNames, indexOf, type Subject } from "./marks.ts";
import { rangeOf } from "./text-position.ts";

/** A file as it was read, with its resources in the order of the text. */
type ManifestFile = {
  readonly uri: Uri;
  readonly text: string;
  readonly kustomization: Kustomization | undefined;
  readonly resources: readonly ManifestResource[];
};

/** A place in a file. */
export type ManifestPlace = { readonly uri: Uri; readonly range: Range };

/** Files that are looked at. Helm's charts of others and packages are not this workspace's manifests. */
export const MANIFEST_GLOB = "**/{*.yaml,*.yml,Kustomization}";
const ELSEWHERE = "**/{node_modules,.git,vendor,.terraform}/**";

// 2,000 files of about 3 kB: 6 MB, read in about two seconds, with pauses.
const FILES_MAX = 2_000;
const FILE_BYTES_MAX = 500_000;
const TOTAL_CHARS_MAX = 20_000_000;
const SETTLE_MS = 300;

/** The manifests of this window. Reads nothing before `index` is called. */
export class ManifestFiles implements Disposable {
  readonly #say: (line: string) => void;
  readonly #changes = new EventEmitter<void>();
  readonly #files = new Map<string, ManifestFile>();
  readonly #stop = new CancellationTokenSource();
  readonly #stale = new Map<string, Uri>();
  readonly #listening: Disposable[] = [];
  #read: Promise<void> | undefined;
  #index: DefinedIndex | undefined;
  #chars = 0;
  #version = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** After files changed; ask for the index anew. */
  readonly onChange = this.#changes.event;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Differs after any file was read anew. */
  get version(): number {
    return this.#version;
  }

  /** Finds the files that define a resource. */
  async index(): Promise<DefinedIndex> {
    this.#read ??= this.#readAll();
    await this.#read;
    this.#index ??= indexOf(this.#defined());
    return this.#index;
  }

  /** Where a resource is defined. */
  async find(subject: Subject): Promise<readonly ManifestPlace[]> {
    const find = await this.index();
    return find(subject).flatMap(({ file, at }) => {
      const found = this.places(file);
      const place = found?.placed[at];
      return found && place ? [{ uri: found.uri, range: rangeOf(found.text, nameSpan(place.node, place.document)) }] : [];
    });
  }

  /** A file's text and its resources with their places; undefined when it is gone. */
  places(file: string): { readonly uri: Uri; readonly text: string; readonly placed: readonly PlacedResource[] } | undefined {
    const found = this.#files.get(file);
    return found && { uri: found.uri, text: found.text, placed: placedIn(found.uri, found.text) };
  }

  dispose(): void {
    this.#stop.cancel();
    clearTimeout(this.#timer);
    for (const one of this.#listening) one.dispose();
    this.#files.clear();
  }

  async #readAll(): Promise<void> {
    this.#follow();
    const uris = await workspace.findFiles(MANIFEST_GLOB, ELSEWHERE, FILES_MAX, this.#stop.token);
    if (uris.length >= FILES_MAX) this.#say(`only the first ${FILES_MAX} YAML files of the workspace are compared with incidents`);
    for (const uri of uris) {
      if (this.#stop.token.isCancellationRequested) return;
      await this.#readOne(uri);
    }
  }

  /** From the editor where it is open, else from disk. What cannot be read defines nothing. */
  async #readOne(uri: Uri): Promise<void> {
    const key = uri.toString();
    const open = workspace.textDocuments.find((document) => document.uri.toString() === key);
    const text = open ? shortText(open) : await textOf(uri);
    this.#chars -= this.#files.get(key)?.text.length ?? 0;
    this.#files.delete(key);
    this.#index = undefined;
    this.#version += 1;
    // Most YAML is no manifest, and is not parsed.
    const isCustom = isKustomization(uri.path);
    if (
      text === undefined ||
      this.#chars + text.length > TOTAL_CHARS_MAX ||
      !(isCustom || isValues(uri.path) || /^[ \t]*kind:/m.test(text))
    )
      return;
    if (this.#stop.token.isCancellationRequested) return;
    this.#chars += text.length;
    const kustomization = isCustom ? readKustomization(uri.path, text) : undefined;
    this.#files.set(key, { uri, text, kustomization, resources: placedIn(uri, text).map(({ resource }) => resource) });
  }

  #follow(): void {
    const watcher = workspace.createFileSystemWatcher(MANIFEST_GLOB);
    const changed = (uri: Uri) => this.#noteChange(uri);
    this.#listening.push(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      workspace.onDidChangeTextDocument(({ document }) => isManifest(document) && changed(document.uri)),
      workspace.onDidCloseTextDocument((document) => isManifest(document) && changed(document.uri)),
      workspace.onDidChangeWorkspaceFolders(() => this.#readAnew()),
    );
  }

  #noteChange(uri: Uri): void {
    // Not the other side of a comparison, nor a document that some extension made up.
    if (workspace.getWorkspaceFolder(uri)?.uri.scheme !== uri.scheme) return;
    if (/\/(?:node_modules|\.git|vendor|\.terraform)\//.test(uri.path)) return;
    if (!this.#files.has(uri.toString()) && this.#files.size + this.#stale.size >= FILES_MAX) return;
    this.#stale.set(uri.toString(), uri);
    this.#timer ??= setTimeout(() => void this.#readStale(), SETTLE_MS);
  }

  async #readStale(): Promise<void> {
    await this.#read;
    this.#timer = undefined;
    const uris = [...this.#stale.values()];
    this.#stale.clear();
    for (const uri of uris) await this.#readOne(uri);
    if (!this.#stop.token.isCancellationRequested) this.#changes.fire();
  }

  #readAnew(): void {
    for (const one of this.#listening.splice(0)) one.dispose();
    this.#files.clear();
    this.#chars = 0;
    this.#index = undefined;
    this.#read = undefined;
    this.#changes.fire();
  }

  #defined(): Defined[] {
    const renamings = renamingsOf([...this.#files.values()].flatMap(({ kustomization }) => kustomization ?? []));
    return [...this.#files].flatMap(([file, { uri, resources }]) => {
      const names = renamings(uri.path);
      return resources.map((resource, at) => ({ file, at, resource, names: finalNames(resource, names) }));
    });
  }
}

function placedIn(uri: Uri, text: string): PlacedResource[] {
  if (isKustomization(uri.path)) return [...generatedResources(text), ...imageSettings(text)];
  return isValues(uri.path) ? imageSettings(text) : placedResources(text);
}

function isManifest({ uri }: TextDocument): boolean {
  return /\.ya?ml$/.test(uri.path) || posix.basename(uri.path) === "Kustomization";
}

function shortText(document: TextDocument): string | undefined {
  const text = document.getText();
  return text.length > FILE_BYTES_MAX ? undefined : text;
}

async function textOf(uri: Uri): Promise<string | undefined> {
  try {
    if ((await workspace.fs.stat(uri)).size > FILE_BYTES_MAX) return undefined;
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
