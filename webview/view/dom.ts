// Making and patching elements. Text goes in as text nodes only, so nothing that a cluster says can become markup.

/** What an element gets; `on` handlers are added as listeners, never as attributes. */
export type Props = {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  readonly role?: string;
  readonly hidden?: boolean;
  readonly tabindex?: number;
  readonly attrs?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly on?: { readonly [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
};

/** A child of an element; strings become text, nothing becomes nothing. */
export type Child = Node | string | undefined | false;

/** Makes an element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props,
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.id) element.id = props.id;
  if (props.title) element.title = props.title;
  if (props.role) element.setAttribute("role", props.role);
  if (props.hidden) element.hidden = true;
  if (props.tabindex !== undefined) element.tabIndex = props.tabindex;
  setAttributes(element, props.attrs ?? {});
  for (const [name, listener] of Object.entries(props.on ?? {})) element.addEventListener(name, listener as EventListener);
  element.append(...nodes(children.flat()));
  return element;
}

/** The children that are there. */
export function nodes(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined && child !== false && child !== "") as (Node | string)[];
}

/** Sets attributes; undefined and false take them away, true sets them empty. */
export function setAttributes(element: Element, attributes: Readonly<Record<string, string | number | boolean | undefined>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Sets text only when it differs, so that screen readers and selections are left in peace. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

/** Makes an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** A button. */
export function button(label: string, press: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { ...props, attrs: { type: "button", ...props.attrs }, on: { ...props.on, click: press } }, label);
}

/**
 * Makes the children of `container` those that `keys` name, in that order: known ones stay the same elements (focus, scroll and selection stay),
 * new ones are made, the rest goes. `update` is called for each.
 */
export function reconcile<T>(
  container: Element,
  items: readonly T[],
  as: { readonly key: (item: T) => string; readonly make: (item: T) => Element; readonly update: (element: Element, item: T) => void },
): void {
  const present = new Map<string, Element>();
  for (const child of [...container.children]) {
    const key = child instanceof HTMLElement ? child.dataset["key"] : undefined;
    if (key !== undefined) present.set(key, child);
  }
  const wanted = new Set(items.map(as.key));
  for (const [key, child] of present) if (!wanted.has(key)) child.remove();
  let place = container.firstElementChild;
  for (const item of items) {
    const key = as.key(item);
    let element = present.get(key);
    if (!element) {
      element = as.make(item);
      if (element instanceof HTMLElement) element.dataset["key"] = key;
    }
    as.update(element, item);
    if (element === place) place = place.nextElementSibling;
    else container.insertBefore(element, place);
  }
}

/** Replaces all children, but gives focus back to the control with the same `data-focus`, keeps opened `details` open and the scroll where it was. */
export function replaceKeeping(container: HTMLElement, children: readonly Child[]): void {
  const focused =
    document.activeElement instanceof HTMLElement && container.contains(document.activeElement)
      ? document.activeElement.dataset["focus"]
      : undefined;
  const opened = new Set(
    [...container.querySelectorAll<HTMLDetailsElement>("details[open][data-focus]")].map((element) => element.dataset["focus"]),
  );
  const { scrollTop } = container;
  container.replaceChildren(...nodes(children));
  for (const element of container.querySelectorAll<HTMLElement>("[data-focus]")) {
    if (element instanceof HTMLDetailsElement && opened.has(element.dataset["focus"])) element.open = true;
    if (focused !== undefined && element.dataset["focus"] === focused) element.focus({ preventScroll: true });
  }
  container.scrollTop = scrollTop;
}
