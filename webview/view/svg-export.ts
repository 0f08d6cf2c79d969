// The drawn graph as a file of its own: computed colours and fonts written into it, the view set to the whole graph.
import type { Box } from "../layout.ts";

const KEPT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "display",
] as const;
const PAD = 24;

/** The SVG text of the graph as it is shown now, on the page's background. */
export function exportedSvg(element: SVGSVGElement, box: Box): string {
  const copy = element.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) return "";
  const controls = copy.querySelectorAll(".opener, .link-hit");
  const from = [element, ...element.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  for (const [index, source] of from.entries()) {
    const style = getComputedStyle(source);
    for (const name of KEPT) to[index]?.setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "aria-hidden", "aria-pressed"]) to[index]?.removeAttribute(name);
  }
  for (const control of controls) control.remove();
  const view = { x: box.x - PAD, y: box.y - PAD, width: box.width + 2 * PAD, height: box.height + 2 * PAD };
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  copy.setAttribute("width", String(view.width));
  copy.setAttribute("height", String(view.height));
  copy.firstElementChild?.removeAttribute("transform");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ ...view, fill: getComputedStyle(document.body).backgroundColor }))
    ground.setAttribute(name, String(value));
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}
