// Stands in for the module `vscode`, which only VS Code has: as much of it as the extension's pure parts touch. Import it first, and what is tested afterwards with `await import(…)`.
import { registerHooks } from "node:module";

const STUB = `
export const l10n = { t: (text, ...args) => text.replace(/\\{(\\d+)\\}/g, (_, at) => String(args[at])) };
export class ThemeColor { constructor(id) { this.id = id; } }
export class ThemeIcon { constructor(id, color) { this.id = id; this.color = color; } }
export class TreeItem { constructor(label, collapsibleState) { this.label = label; this.collapsibleState = collapsibleState; } }
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export class MarkdownString {
  value = "";
  appendText(text) { this.value += text.replace(/[\\\\\`*_{}[\\]()#+\\-!~<>]/g, "\\\\$&"); return this; }
  appendMarkdown(text) { this.value += text; return this; }
}
export class LanguageModelTextPart { constructor(value) { this.value = value; } }
export class LanguageModelToolResult { constructor(content) { this.content = content; } }
export class McpStdioServerDefinition {
  constructor(label, command, args, env, version) { Object.assign(this, { label, command, args, env, version }); }
}
export const workspace = { isTrusted: true };
export const lm = {
  registered: new Map(),
  registerTool(name, tool) { this.registered.set(name, tool); return { dispose: () => this.registered.delete(name) }; },
  registerMcpServerDefinitionProvider(id, provider) { return this.registerTool(id, provider); },
};
export class EventEmitter {
  #listeners = new Set();
  event = (listener) => { this.#listeners.add(listener); return { dispose: () => this.#listeners.delete(listener) }; };
  dispose() { this.#listeners.clear(); }
  fire(value) { for (const listener of this.#listeners) listener(value); }
}
`;

registerHooks({
  resolve: (name, context, next) =>
    name === "vscode" ? { url: `data:text/javascript,${encodeURIComponent(STUB)}`, shortCircuit: true } : next(name, context),
});
