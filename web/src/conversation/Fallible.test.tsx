/** A part that cannot be drawn takes nothing else with it. */
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Fallible } from "./Fallible";
import { Undrawn } from "./messages/Undrawn";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

function Fragile({ text }: { text: string }) {
  if (text === "bad") throw new RangeError("Maximum call stack size exceeded");
  return <p>{text}</p>;
}

const page = (text: string) => (
  <>
    <p>beside</p>
    <Fallible subject={text} fallback={<p>as written: {text}</p>}>
      <Fragile text={text} />
    </Fallible>
  </>
);

test("its fallback stands in its place, and what is beside it stays", () => {
  render(page("bad"));

  expect(screen.getByText("as written: bad")).toBeInTheDocument();
  expect(screen.getByText("beside")).toBeInTheDocument();
});

test("another text is drawn again", () => {
  const { rerender } = render(page("bad"));

  rerender(page("good"));

  expect(screen.getByText("good")).toBeInTheDocument();
});

test("an answer that cannot be drawn is shown as it was written, lines and all, with a word about it", () => {
  render(
    <I18nProvider i18n={i18n}>
      <Fallible subject="bad" fallback={<Undrawn text={"**one**\n  two"} />}>
        <Fragile text="bad" />
      </Fallible>
    </I18nProvider>,
  );

  expect(screen.getByText("**one** two").textContent).toBe("**one**\n  two");
  expect(screen.getByRole("note")).toHaveTextContent("could not be drawn");
});
