/** HTML that a reply wrote as a block: cleaned to plain text elements, or shown as source until then. */
import { useLayoutEffect, useRef, useState } from "react";
import type { cleanHtml } from "./clean_html";

export function RawHtml({ html }: { html: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [clean, setClean] = useState<typeof cleanHtml | null>(null);
  useLayoutEffect(() => {
    let wanted = true;
    void import("./clean_html").then((loaded) => {
      if (wanted) setClean(() => loaded.cleanHtml);
    });
    return () => {
      wanted = false;
    };
  }, []);
  useLayoutEffect(() => {
    if (clean) place.current?.replaceChildren(clean(html));
  }, [clean, html]);
  return clean ? <div ref={place} /> : <p className="source">{html}</p>;
}
