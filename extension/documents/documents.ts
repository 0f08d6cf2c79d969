// Read-only documents that are made on demand: Markdown, shown as a preview, and plain texts.
import { commands, type Disposable, EventEmitter, l10n, type TextDocumentContentProvider, Uri, window, workspace } from "vscode";
import { DOCUMENT_SCHEME } from "../contributions.ts";

/** Documents are held as long as the window lives; older ones beyond this many are forgotten. */
const DOCUMENTS_MAX = 50;

/** The documents of this window. */
export class Documents implements TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changes = new EventEmitter<Uri>();
  readonly #registered: Disposable;

  readonly onDidChange = this.#changes.event;

  constructor() {
    this.#registered = workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, this);
  }

  /** Shows the text under this name, in place of what it showed before. */
  async show(name: string, text: string): Promise<void> {
    await commands.executeCommand("markdown.showPreview", this.#keep(`${name}.md`, text));
  }

  /** Opens the text as it stands; the ending of its name says what it is. */
  async open(name: string, text: string): Promise<void> {
    await window.showTextDocument(await workspace.openTextDocument(this.#keep(name, text)));
  }

  #keep(name: string, text: string): Uri {
    const uri = Uri.from({ scheme: DOCUMENT_SCHEME, path: `/${name.replaceAll("/", "-")}` });
    const key = uri.toString();
    this.#texts.delete(key);
    this.#texts.set(key, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= DOCUMENTS_MAX) break;
      this.#texts.delete(oldest);
    }
    this.#changes.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? l10n.t("This was made before the window was reloaded. Run the command again to see it.");
  }

  dispose(): void {
    this.#registered.dispose();
  }
}
