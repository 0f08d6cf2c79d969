// How wide a text is, asked of a canvas because asking the graph itself would lay it out once per label.
let context: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();
/** About 60 B per entry: 1 MB. */
const WIDTHS_MAX = 16_384;

/** Width in pixels of a text in a CSS font. */
export function textWidth(text: string, font: string): number {
  const key = `${font}\u0000${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement("canvas").getContext("2d");
  let width = text.length * 7;
  if (context) {
    context.font = font;
    width = context.measureText(text).width;
  }
  if (widths.size >= WIDTHS_MAX) widths.clear();
  widths.set(key, width);
  return width;
}
