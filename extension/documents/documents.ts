// Read-only Markdown documents that are made on demand and shown as a preview.
import { commands, type Disposable, EventEmitter, l10n, type TextDocumentContentProvider, Uri, workspace } from "vscode";
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
    const uri = Uri.from({ scheme: DOCUMENT_SCHEME, path: `/${name.replaceAll("/", "-")}.md` });
    const key = uri.toString();
    this.#texts.delete(key);
    this.#texts.set(key, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= DOCUMENTS_MAX) break;
      this.#texts.delete(oldest);
    }
    this.#changes.fire(uri);
    await commands.executeCommand("markdown.showPreview", uri);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? l10n.t("This was made before the window was reloaded. Run the command again to see it.");
  }

  dispose(): void {
    this.#registered.dispose();
  }
}
