/** Asks the highlighting worker, started with the first code block that names a language. */
import { useEffect, useState } from "react";

/** Class names (empty for plain text) and the text they colour. */
export type Span = readonly [kind: string, text: string];

export interface HighlightRequest {
  id: number;
  language: string;
  code: string;
}

export interface HighlightResult {
  id: number;
  spans: Span[];
}

/** UTF-16 units; beyond this, colours cost more than they help. */
const LONGEST = 60_000;

const waiting = new Map<number, (spans: Span[]) => void>();
let worker: Worker | null = null;
let nextId = 0;

function ask(language: string, code: string, answer: (spans: Span[]) => void): () => void {
  if (typeof Worker === "undefined") return () => undefined;
  worker ??= start();
  const id = nextId++;
  waiting.set(id, answer);
  worker.postMessage({ id, language, code } satisfies HighlightRequest);
  return () => waiting.delete(id);
}

function start(): Worker {
  const started = new Worker(new URL("./highlight.worker.ts", import.meta.url), { type: "module" });
  started.addEventListener("message", ({ data }: MessageEvent<HighlightResult>) => {
    waiting.get(data.id)?.(data.spans);
    waiting.delete(data.id);
  });
  return started;
}

/**
 * Return `code` in coloured runs; what came since the last answer follows uncoloured.
 */
export function useHighlight(language: string, code: string): readonly Span[] {
  const [coloured, setColoured] = useState<{ code: string; spans: readonly Span[] } | null>(null);
  useEffect(() => {
    if (language === "" || code.length > LONGEST) return undefined;
    return ask(language, code, (spans) => {
      setColoured(spans.length > 0 ? { code, spans } : null);
    });
  }, [language, code]);
  if (coloured === null || !code.startsWith(coloured.code)) return [["", code]];
  const rest = code.slice(coloured.code.length);
  return rest === "" ? coloured.spans : [...coloured.spans, ["", rest]];
}
