/** An answer's Markdown is drawn safely, and only its end is drawn again while it grows. */

import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { render, screen } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import type { Block } from "./blocks";
import { MarkdownText } from "./MarkdownText";

function draw(text: string, streaming = false, onDrawn?: (block: Block) => void) {
  const page = (shown: string, isStreaming: boolean) => (
    <I18nProvider i18n={i18n}>
      <MarkdownText text={shown} streaming={isStreaming} onDrawn={onDrawn} />
    </I18nProvider>
  );
  const view = render(page(text, streaming));
  const box = view.container;
  return { box, show: (next: string, isStreaming = true) => view.rerender(page(next, isStreaming)) };
}

const HOSTILE = [
  "<script>window.stolen = 1</script>",
  "text <script>window.stolen = 1</script> text",
  '<img src="x" onerror="window.stolen = 1">',
  'inline <img src="x" onerror="window.stolen = 1"> image',
  '<svg onload="window.stolen = 1"><a href="javascript:alert(1)">x</a></svg>',
  '<iframe srcdoc="<script>1</script>"></iframe>',
  '<form action="https://evil.example"><input name="password"><button>Sign in</button></form>',
  '<div style="position:fixed;inset:0" class="composer" id="root">over</div>',
  '<a href="javascript:alert(1)">a</a>',
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a](java\tscript:alert(1))",
  "[a](javascript&colon;alert(1))",
  "[a](data:text/html;base64,PHNjcmlwdD4=)",
  "[a](vbscript:x)",
  "[a](//evil.example/path)",
  "[a](/settings/models)",
  "![a](https://evil.example/pixel.png)",
  "![a](javascript:alert(1))",
  "<javascript:alert(1)>",
  "[r]\n\n[r]: javascript:alert(1)",
  "`<b>code</b>` <b onclick='x'>b</b>",
  "<details open ontoggle=alert(1)><summary>s</summary>d</details>",
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
];

/** Whatever was written: nothing that runs, loads by itself, leaves our address, or looks like the product. */
function expectHarmless(box: HTMLElement) {
  expect(
    box.querySelector("script, iframe, object, embed, form, img, svg, style, link, base, button[type=submit]"),
  ).toBeNull();
  for (const element of box.querySelectorAll(".markdown *")) {
    const names = element
      .getAttributeNames()
      .filter((name) => name.startsWith("on") || name === "style" || name === "id");
    expect(names).toEqual([]);
  }
  for (const link of box.querySelectorAll("a[href]")) {
    expect(link.getAttribute("href")).toMatch(/^(https?:\/\/|mailto:)/);
    expect(link.getAttribute("rel")).toContain("noopener");
    expect(link.getAttribute("target")).toBe("_blank");
  }
}

describe("a hostile answer", () => {
  test.each(HOSTILE)("is harmless: %s", async (text) => {
    const { box } = draw(text);
    expectHarmless(box);

    // Blocks of HTML are cleaned once the cleaner has been loaded.
    await vi.dynamicImportSettled();
    await Promise.resolve();

    expectHarmless(box);
    expect(window).not.toHaveProperty("stolen");
  });

  test("is harmless at every length while it streams", () => {
    const whole = HOSTILE.join("\n\n");
    const { box, show } = draw("", true);

    for (let end = 1; end <= whole.length; end += 7) {
      show(whole.slice(0, end));
      expectHarmless(box);
    }
  });

  test("keeps the text of HTML it does not draw", () => {
    draw("Use `<b>` or a <custom-tag> here");

    expect(screen.getByText(/<custom-tag>/)).toBeInTheDocument();
  });
});

describe("half-typed syntax", () => {
  test("a link is not a link before its last character", () => {
    const { box, show } = draw("see [the page](https://exam", true);
    expect(box.querySelector("a")).toBeNull();
    expect(box).toHaveTextContent("see the page");

    show("see [the page](https://example.org)");

    expect(screen.getByRole("link", { name: "the page" })).toHaveAttribute("href", "https://example.org/");
  });

  test("a bare address is not a link while it may still grow, also inside a list", () => {
    const { box, show } = draw("- see https://example.org/a", true);
    expect(box.querySelector("a")).toBeNull();

    show("- see https://example.org/about it");

    expect(screen.getByRole("link")).toHaveAttribute("href", "https://example.org/about");
  });

  test("bold and code are closed before their closing signs arrive", () => {
    const { box, show } = draw("some **bold te", true);
    expect(box.querySelector("strong")).toHaveTextContent("bold te");

    show("some **bold text** and `co");

    expect(box.querySelector("code")).toHaveTextContent("co");
    expect(box).toHaveTextContent("some bold text and co");
  });

  test("a code block has its language and its copy button from the first line on", () => {
    draw("```python\nprint(1)\n``", true);

    expect(screen.getByText("python")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Copy code" })).toBeInTheDocument();
    expect(screen.getByText("print(1)")).toBeInTheDocument();
  });

  test("an unfinished answer that has ended is shown as it was written", () => {
    const { box } = draw("some **bold", false);

    expect(box).toHaveTextContent("some **bold");
  });
});

describe("a growing answer", () => {
  test("draws no settled block again", () => {
    const drawn: string[] = [];
    const { show } = draw("One.\n\nTwo.\n\n```js\nlet a", true, (block) => drawn.push(block.raw));
    drawn.length = 0;

    show("One.\n\nTwo.\n\n```js\nlet a = 1;");
    show("One.\n\nTwo.\n\n```js\nlet a = 1;\n```\n\nThree");

    expect(drawn.some((raw) => raw.startsWith("One") || raw.startsWith("Two"))).toBe(false);
    expect(drawn.length).toBeLessThanOrEqual(3);
  });

  test("keeps emoji, accents and joined characters whole", () => {
    const text = "é 👩‍👩‍👧 🇫🇷 — **naïve** 𝒳";
    const { box } = draw(text);

    expect(box).toHaveTextContent("é 👩‍👩‍👧 🇫🇷 — naïve 𝒳");
  });
});

describe("ordinary Markdown", () => {
  test("entities are read, code is not", () => {
    const { box } = draw("a &amp; b &eacute; `&amp;`");

    expect(box).toHaveTextContent("a & b é &amp;");
  });

  test("money is not a formula", () => {
    const { box } = draw("between $5 and $10, or US$3");

    expect(box).toHaveTextContent("between $5 and $10, or US$3");
    expect(box.querySelector(".formula")).toBeNull();
  });

  test("formulas stand as source until they are typeset", () => {
    const { box } = draw("so $a^2$ and\n\n$$\nb_1\n- c\n$$");

    expect([...box.querySelectorAll(".formula")].map((formula) => formula.textContent)).toEqual(["a^2", "b_1\n- c"]);
  });

  test("a remote image waits behind a link that says what it is", () => {
    draw("![A chart](https://example.org/chart.png)");

    expect(screen.getByRole("link", { name: "Image: A chart" })).toBeInTheDocument();
  });

  test("a table scrolls inside the message and can be reached by keyboard", () => {
    draw("| a | b |\n|---|--:|\n| 1 | 2 |");

    expect(screen.getByRole("region", { name: "Table" })).toHaveAttribute("tabindex", "0");
    expect(screen.getAllByRole("columnheader")).toHaveLength(2);
  });
});
