/** A part that cannot be drawn takes nothing else with it. */
import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Fallible } from "./Fallible";

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
