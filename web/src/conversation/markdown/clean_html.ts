/** Reduces HTML from a reply to harmless elements; loaded only when a reply holds a block of HTML. */
import createDOMPurify from "dompurify";
import { openableAddress } from "./links";

const purify = createDOMPurify(window);

purify.addHook("afterSanitizeAttributes", (element) => {
  if (element.tagName !== "A") return;
  const target = openableAddress(element.getAttribute("href") ?? "");
  if (target === null) {
    element.removeAttribute("href");
    return;
  }
  element.setAttribute("href", target);
  element.setAttribute("target", "_blank");
  element.setAttribute("rel", "noopener noreferrer");
});

const ALLOWED = {
  // No class, id or style: a reply may not look like the product. No picture, frame or form.
  ALLOWED_ATTR: ["href", "title", "colspan", "rowspan", "open", "lang", "dir", "start"],
  ALLOWED_TAGS: (
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 " +
    "h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody " +
    "td tfoot th thead tr u ul var"
  ).split(" "),
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const;

/** Handlers and styles go before parsing: a browser reports them to our policy even in a document never shown. */
const REPORTED = /\s(?:on[a-z]+|style)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;

export function cleanHtml(html: string): DocumentFragment {
  return purify.sanitize(html.replace(REPORTED, ""), {
    ...ALLOWED,
    ALLOWED_ATTR: [...ALLOWED.ALLOWED_ATTR],
  });
}
