// Shows in the editor which manifests define resources of open incidents: a diagnostic at the field that matters, and a code lens that leads to the incident.
import {
  CodeLens,
  type CodeLensProvider,
  Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  EventEmitter,
  env,
  l10n,
  languages,
  type Range,
  type TextDocument,
  Uri,
} from "vscode";
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { COMMANDS, EXTENSION_ID } from "../contributions.ts";
import { incidentKey } from "../incidents/incident-set.ts";
import { harmless, oneLine, percent } from "../incidents/words.ts";
import { deepLink } from "../panels/incident-ref.ts";
import { fieldSpan } from "./field-of-cause.ts";
import { MANIFEST_GLOB, type ManifestFiles } from "./manifest-files.ts";
import { type Mark, marksOf } from "./marks.ts";
import { rangeOf } from "./text-position.ts";

const EXPLANATION_CHARS_MAX = 400;
const MARKS_PER_FILE_MAX = 50;

/** The marks that are shown. */
export class ManifestMarks implements Disposable, CodeLensProvider {
  readonly #files: ManifestFiles;
  readonly #changes = new EventEmitter<void>();
  readonly #diagnostics = languages.createDiagnosticCollection("kgroot");
  readonly #registered: Disposable;
  #lenses = new Map<string, CodeLens[]>();
  #round = 0;
  #shown = "";

  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(files: ManifestFiles) {
    this.#files = files;
    this.#registered = languages.registerCodeLensProvider({ pattern: MANIFEST_GLOB }, this);
  }

  /** Shows the marks of these incidents, and no others. */
  async show(incidents: readonly WireIncident[]): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const find = incidents.length === 0 ? undefined : await this.#files.index();
    if (round !== this.#round) return; // something newer is shown already
    const marks = find ? marksOf(incidents, find) : [];
    // Most changes of an incident are none here: what is shown stays, without flicker.
    const shown = [this.#files.version, ...marks.map(signOf)].join("\n");
    if (shown === this.#shown) return;
    this.#shown = shown;
    const byFile = Map.groupBy(marks, ({ defined }) => defined.file);
    this.#lenses = new Map();
    this.#diagnostics.clear();
    for (const [file, own] of byFile) this.#showFile(file, own.slice(0, MARKS_PER_FILE_MAX));
    this.#changes.fire();
  }

  provideCodeLenses({ uri }: TextDocument): CodeLens[] {
    return this.#lenses.get(uri.toString()) ?? [];
  }

  dispose(): void {
    this.#round += 1;
    this.#registered.dispose();
    this.#diagnostics.dispose();
    this.#changes.dispose();
  }

  #showFile(file: string, marks: readonly Mark[]): void {
    const found = this.#files.places(file);
    if (!found) return;
    const { uri, text, placed } = found;
    const diagnostics: Diagnostic[] = [];
    const lenses: CodeLens[] = [];
    for (const mark of marks) {
      const place = placed[mark.defined.at];
      if (!place) continue;
      const [start = 0] = place.node.range ?? [];
      const facts = mark.cause ?? { reason: "", category: "", evidence: [] };
      diagnostics.push(diagnosticOf(mark, rangeOf(text, fieldSpan(place, facts))));
      lenses.push(lensOf(mark, rangeOf(text, { start, end: start })));
    }
    this.#diagnostics.set(uri, diagnostics);
    this.#lenses.set(uri.toString(), lenses);
  }
}

/** Everything of a mark that is seen. */
function signOf({ defined, incident, role, cause }: Mark): string {
  return JSON.stringify([
    defined.file,
    defined.at,
    incidentKey(incident),
    role,
    incident.title,
    incident.severity,
    cause?.reason,
    cause?.confidence,
    cause?.explanation,
  ]);
}

function diagnosticOf({ incident, role, cause }: Mark, range: Range): Diagnostic {
  const title = oneLine(incident.title);
  const why = oneLine((cause?.explanation ?? incident.summary).slice(0, EXPLANATION_CHARS_MAX));
  const diagnostic = new Diagnostic(range, `${sentenceOf(role, title, cause?.confidence ?? 0)}\n${why}`, severityOf(role, incident));
  diagnostic.source = "kgroot";
  diagnostic.code = {
    value: oneLine(cause?.reason ?? incident.severity),
    target: Uri.parse(deepLink(env.uriScheme, EXTENSION_ID, { id: incident.id, cluster: incident.cluster })),
  };
  return diagnostic;
}

function sentenceOf(role: Mark["role"], title: string, confidence: number): string {
  switch (role) {
    case "root":
      return l10n.t("Root cause, {0} sure, of: {1}", percent(confidence), title);
    case "likeliest":
      return l10n.t("Possible cause, {0} sure, of: {1}", percent(confidence), title);
    case "hit":
      return l10n.t("Hit by: {0}", title);
  }
}

function severityOf(role: Mark["role"], { severity }: WireIncident): DiagnosticSeverity {
  if (role === "hit") return DiagnosticSeverity.Information;
  if (role === "likeliest") return DiagnosticSeverity.Warning;
  return severity === "FATAL" || severity === "ERROR" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
}

function lensOf({ incident, role }: Mark, range: Range): CodeLens {
  const title = harmless(incident.title);
  const words = {
    root: l10n.t("root cause of {0}", title),
    likeliest: l10n.t("possible cause of {0}", title),
    hit: l10n.t("hit by {0}", title),
  };
  const node = { type: "incident", id: `incident:${incidentKey(incident)}`, incident };
  return new CodeLens(range, { title: words[role], command: COMMANDS.showGraph, arguments: [node] });
}
