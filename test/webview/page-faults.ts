// What a look at the page finds wrong, as functions that run inside the browser: each stands alone, because only its own text is sent there.

/** Texts whose colour and background are closer than 4.5 to 1 (WCAG AA). Controls that are switched off are exempt there too. */
export function contrastFaults(): string[] {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!context) return ["no canvas"];
  const rgba = (colour: string): number[] => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour: number[]): number => {
    const [r = 0, g = 0, b = 0] = colour.map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element): number[] => {
    for (let at: Element | null = element; at; at = at.parentElement) {
      const card = at instanceof SVGGElement ? at.querySelector(":scope > rect:not(.card-behind)") : null;
      const own = rgba(
        card ? getComputedStyle(card).fill : at instanceof SVGElement ? "transparent" : getComputedStyle(at).backgroundColor,
      );
      if (own[3] === 255) return own;
    }
    return [255, 255, 255, 255];
  };
  const faults = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement | SVGElement>("#app *")) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent ?? "")
      .join("")
      .trim();
    const box = element.getBoundingClientRect();
    if (!text || box.width < 2 || box.height < 2 || !element.checkVisibility({ opacityProperty: true })) continue;
    if (element.matches(":disabled, option, .sr-only, .tag-text") || element.closest(".dim, :disabled, [hidden]")) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(rgba(element instanceof SVGElement ? style.fill : style.color)), luminance(behind(element))].sort(
      (a, b) => b - a,
    );
    const ratio = ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
    if (ratio < 4.5) faults.add(`${ratio.toFixed(2)} ${element.getAttribute("class") ?? element.tagName} "${text.slice(0, 40)}"`);
  }
  return [...faults];
}

/** Cards or flags that lie on other cards, scores that lie on a card, a flag or a score, texts that leave their card or are too small, and anything that leaves the window sideways. */
export function overlapFaults(): string[] {
  const faults: string[] = [];
  const parts = (selector: string) =>
    [...document.querySelectorAll(selector)].map((element) => ({ owner: element.parentElement, box: element.getBoundingClientRect() }));
  const meet = (a: DOMRect, b: DOMRect): boolean =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const all = parts("g.node:not(.later) > .card, g.node:not(.later) > .card-behind, g.node:not(.later) > .tag, g.label > rect");
  for (const [index, one] of all.entries()) {
    for (const other of all.slice(index + 1))
      if (one.owner !== other.owner && meet(one.box, other.box))
        faults.push(`${one.owner?.textContent} lies on ${other.owner?.textContent}`);
  }
  const scale = document.querySelector<SVGGElement>("g.scene")?.transform.baseVal.consolidate()?.matrix.a ?? 0;
  for (const text of document.querySelectorAll(".scene text")) {
    const size = Number.parseFloat(getComputedStyle(text).fontSize) * scale;
    if (size < 10.99) faults.push(`${text.textContent} is ${size} pixels small`);
  }
  const stage = document.querySelector(".stage")?.getBoundingClientRect();
  const legend = document.querySelector(".legend")?.getBoundingClientRect();
  if (stage && legend && legend.height > 0 && meet(stage, legend)) faults.push("the legend lies over the graph");
  for (const node of document.querySelectorAll("g.node")) {
    const card = node.querySelector(".card")?.getBoundingClientRect();
    for (const text of node.querySelectorAll("text:not(.tag-text)")) {
      const box = text.getBoundingClientRect();
      if (card && (box.left < card.left || box.right > card.right + 0.5 || box.bottom > card.bottom))
        faults.push(`${text.textContent} leaves its card`);
    }
    const [place, time] = [".node-place", ".node-time"].map((selector) => node.querySelector(selector)?.getBoundingClientRect());
    if (place && time && place.right > time.left) faults.push(`${node.textContent}: place meets time`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is wider than the window");
  return faults;
}
