// The door to everything about manifests: nothing of it is loaded before there is an open incident, or a person asks.
import { type ConfigurationChangeEvent, type Disposable, workspace } from "vscode";
import { SETTINGS } from "../contributions.ts";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import type { ManifestFiles, ManifestPlace } from "./manifest-files.ts";
import type { ManifestMarks } from "./manifest-marks.ts";
import type { Subject } from "./marks.ts";

type Loaded = { readonly files: ManifestFiles; readonly marks: ManifestMarks };

const SETTLE_MS = 300;

/** Manifests of this window, marked in step with its incidents. */
export class Manifests implements Disposable {
  readonly #feed: IncidentFeed;
  readonly #say: (line: string) => void;
  readonly #listening: Disposable[];
  #loading: Promise<Loaded> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(feed: IncidentFeed, say: (line: string) => void) {
    this.#feed = feed;
    this.#say = say;
    this.#listening = [
      feed.onChange(() => this.#soon()),
      workspace.onDidChangeConfiguration((change: ConfigurationChangeEvent) => {
        if (change.affectsConfiguration(`kgroot.${SETTINGS.markManifests}`)) this.#soon();
      }),
    ];
  }

  /** Where the workspace defines a resource. */
  async find(subject: Subject): Promise<readonly ManifestPlace[]> {
    const { files } = await this.#load();
    return files.find(subject);
  }

  dispose(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const one of this.#listening) one.dispose();
    void this.#loading?.then(({ files, marks }) => {
      marks.dispose();
      files.dispose();
    });
  }

  /** Many incidents change in one breath: they are marked once. */
  #soon(): void {
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#mark().catch((error: unknown) => this.#say(`the manifests could not be marked: ${error}`));
    }, SETTLE_MS);
  }

  async #mark(): Promise<void> {
    const isWanted = workspace.getConfiguration("kgroot").get<boolean>(SETTINGS.markManifests, true);
    const open = isWanted ? [...this.#feed.set.open.values()] : [];
    // Without a workspace, or before the first incident, there is nothing to take back either.
    if (!this.#loading && (open.length === 0 || !workspace.workspaceFolders?.length)) return;
    const { marks } = await this.#load();
    if (!this.#isOver) await marks.show(open);
  }

  #load(): Promise<Loaded> {
    this.#loading ??= this.#loadNow();
    return this.#loading;
  }

  async #loadNow(): Promise<Loaded> {
    const [{ ManifestFiles: Files }, { ManifestMarks: Marks }] = await Promise.all([
      import("./manifest-files.ts"),
      import("./manifest-marks.ts"),
    ]);
    const files = new Files(this.#say);
    files.onChange(() => this.#soon());
    return { files, marks: new Marks(files) };
  }
}
