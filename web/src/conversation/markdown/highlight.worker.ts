/** Colours code away from the page's thread: text in, runs of text with their classes out. */
import { common, createLowlight } from "lowlight";
import type { HighlightRequest, HighlightResult, Span } from "./highlight";

const lowlight = createLowlight(common);

type Nodes = ReturnType<typeof lowlight.highlight>["children"];

self.addEventListener("message", ({ data }: MessageEvent<HighlightRequest>) => {
  const spans: Span[] = [];
  if (lowlight.registered(data.language)) {
    flatten(lowlight.highlight(data.language, data.code).children, "", spans);
  }
  self.postMessage({ id: data.id, spans } satisfies HighlightResult);
});

function flatten(nodes: Nodes, kind: string, spans: Span[]): void {
  for (const node of nodes) {
    if (node.type === "text") spans.push([kind, node.value]);
    if (node.type === "element") flatten(node.children as Nodes, classOf(node.properties) || kind, spans);
  }
}

function classOf(properties: Record<string, unknown>): string {
  const names = properties.className;
  return Array.isArray(names) ? names.join(" ") : "";
}
