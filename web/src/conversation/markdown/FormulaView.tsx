/** A TeX formula; its typesetter is loaded with the first one, and the source stands in until then. */
import { useEffect, useRef, useState } from "react";
import type { drawFormula } from "./draw_formula";

interface FormulaViewProps {
  tex: string;
  display: boolean;
}

export function FormulaView({ tex, display }: FormulaViewProps) {
  const place = useRef<HTMLSpanElement>(null);
  const [draw, setDraw] = useState<typeof drawFormula | null>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let wanted = true;
    void import("./draw_formula").then((loaded) => {
      if (wanted) setDraw(() => loaded.drawFormula);
    });
    return () => {
      wanted = false;
    };
  }, []);
  useEffect(() => {
    if (draw && place.current) setDrawn(draw(tex, display, place.current));
  }, [draw, tex, display]);
  return (
    <span className={display ? "formula display" : "formula"}>
      <span ref={place} hidden={!drawn} />
      {!drawn && <code>{tex}</code>}
    </span>
  );
}
