/** Typesets formulas with KaTeX, loaded on demand. */
import katex from "katex";
import "katex/dist/katex.min.css";

/** Draw `tex` into `place`; false when it is not valid TeX, and `place` is then left as it was. */
export function drawFormula(tex: string, display: boolean, place: HTMLElement): boolean {
  const fresh = document.createElement("span");
  try {
    katex.render(tex, fresh, { displayMode: display, maxExpand: 200, maxSize: 20, strict: "ignore" });
  } catch (problem) {
    if (problem instanceof katex.ParseError || problem instanceof RangeError) return false; // nested too deeply
    throw problem;
  }
  place.replaceChildren(...fresh.childNodes);
  return true;
}
