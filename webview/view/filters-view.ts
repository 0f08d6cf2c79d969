// Which incidents the list shows: state, severity, namespace, cluster, muted ones, and words to look for.

import type { AppState } from "../app-state.ts";
import type { Filters } from "../incident-list.ts";
import { SEVERITY_CHOICES } from "../marks.ts";
import type { Session } from "../session.ts";
import { h } from "./dom.ts";

const STATES = [
  ["open", "Open"],
  ["resolved", "Resolved"],
  ["all", "All"],
] as const;

/** The filter bar above the list. */
export function createFilters(session: Session): { readonly element: HTMLElement; update(state: AppState): void } {
  const change = (part: Partial<Filters>): void => session.filter({ ...session.state.list.filters, ...part });
  const search = h("input", {
    class: "search",
    attrs: { type: "search", placeholder: "Search", "aria-label": "Search incidents", maxlength: 200 },
    on: { input: () => change({ text: search.value }) },
  });
  const severity = choice("Severity", () => change({ severity: SEVERITY_CHOICES.find((one) => one === severity.value) ?? "" }));
  const namespace = choice("Namespace", () => change({ namespace: namespace.value }));
  const cluster = choice("Cluster", () => change({ cluster: cluster.value }));
  setOptions(severity, [["", "Any severity"], ...SEVERITY_CHOICES.map((one) => [one, one.toLowerCase()] as const)]);
  const muted = h("input", { attrs: { type: "checkbox" }, on: { change: () => change({ muted: muted.checked }) } });
  const states = stateChoice((state) => change({ state }));
  const element = h(
    "div",
    { class: "filters", role: "search", attrs: { "aria-label": "Filter incidents" } },
    h("div", { class: "filter-line" }, states, h("label", { class: "check" }, muted, "Muted")),
    search,
    h("div", { class: "filter-line" }, severity, namespace, cluster),
  );
  let namespaces: readonly string[] | undefined;
  let clusters: readonly string[] = [];
  return {
    element,
    update: (state) => {
      if (namespaces !== state.list.namespaces) {
        namespaces = state.list.namespaces;
        setOptions(namespace, [["", "Any namespace"], ...namespaces.map((name) => [name, name] as const)]);
      }
      const known = state.connection.state === "ready" ? state.connection.hello.clusters : clusters;
      if (known.join("\u0000") !== clusters.join("\u0000"))
        setOptions(cluster, [["", "Any cluster"], ...known.map((name) => [name, name] as const)]);
      clusters = known;
      cluster.hidden = clusters.length < 2;
    },
  };
}

function choice(label: string, changed: () => void): HTMLSelectElement {
  return h("select", { attrs: { "aria-label": label }, on: { change: changed } });
}

function setOptions(select: HTMLSelectElement, options: readonly (readonly [string, string])[]): void {
  const { value } = select;
  select.replaceChildren(...options.map(([key, text]) => h("option", { attrs: { value: key } }, text)));
  if (options.some(([key]) => key === value)) select.value = value;
}

function stateChoice(changed: (state: Filters["state"]) => void): HTMLElement {
  const radios = STATES.map(([value, text]) => {
    const radio = h("input", {
      attrs: { type: "radio", name: "incident-state", value, checked: value === "open" },
      on: { change: () => changed(value) },
    });
    return h("label", { class: "segment" }, radio, h("span", {}, text));
  });
  return h("div", { class: "segments", role: "radiogroup", attrs: { "aria-label": "State" } }, radios);
}
