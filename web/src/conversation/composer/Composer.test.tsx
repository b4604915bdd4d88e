/** Keys, choices and limits of the place where messages are written. */
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Agent } from "@/wire";
import { Composer, type ComposerProps } from "./Composer";
import { readDraft } from "./drafts";

const agentOf = (id: string, name: string): Agent => ({ id, name, description: { en: name, fr: name }, starters: {} });
const AGENTS = [agentOf("anima", "Anima"), agentOf("neo", "Neo")];

let user = "";
let number = 0;
beforeEach(() => {
  number += 1;
  user = `user-${number}`; // drafts of one test are no other test's
  // What jsdom lacks: a pointer that can hover, and the style rule that grows the field.
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("CSS", { supports: () => true, escape: (text: string) => text });
});

function write(more: Partial<ComposerProps> = {}) {
  const onSend = vi.fn();
  const onStop = vi.fn();
  const props: ComposerProps = {
    user,
    place: "new",
    agents: AGENTS,
    agent: "anima",
    isReplying: false,
    maxCharacters: 100_000,
    onSend,
    onStop,
    ...more,
  };
  const page = (now: ComposerProps) => (
    <I18nProvider i18n={i18n}>
      <Composer {...now} />
    </I18nProvider>
  );
  const view = render(page(props));
  const rerender = (now: Partial<ComposerProps>) =>
    view.rerender(page({ ...props, agents: AGENTS, agent: "anima", ...now }));
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  return { ...view, onSend, onStop, field, rerender };
}

describe("keys", () => {
  test("Enter sends what was written and empties the field", async () => {
    const { onSend, field } = write();

    await userEvent.type(field, "Hello{Enter}");

    expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello", "anima");
    expect(field).toHaveValue("");
  });

  test("Enter before the agents are known sends as soon as they are", async () => {
    const { onSend, field, rerender } = write({ agents: [], agent: "" });
    await userEvent.type(field, "Hello{Enter}");
    expect(onSend).not.toHaveBeenCalled();
    expect(field).toHaveValue("Hello");

    rerender({});

    expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello", "anima");
    expect(field).toHaveValue("");
  });

  test("what is written on after such an Enter waits for the next one", async () => {
    const { onSend, field, rerender } = write({ agents: [], agent: "" });
    await userEvent.type(field, "Hello{Enter} you");

    rerender({});

    expect(onSend).not.toHaveBeenCalled();
    expect(field).toHaveValue("Hello you");
  });

  test("Shift and Enter break the line", async () => {
    const { onSend, field } = write();

    await userEvent.type(field, "one{Shift>}{Enter}{/Shift}two");

    expect(field).toHaveValue("one\ntwo");
    expect(onSend).not.toHaveBeenCalled();
  });

  test.each([
    ["while composing", { key: "Enter", isComposing: true }],
    ["that ends a composition in Safari", { key: "Enter", keyCode: 229 }],
  ])("an Enter %s never sends", (_name, key) => {
    const { onSend, field } = write();
    fireEvent.change(field, { target: { value: "日本" } });

    fireEvent.keyDown(field, key);

    expect(onSend).not.toHaveBeenCalled();
    expect(field).toHaveValue("日本");
  });

  test("on a touch screen Enter breaks the line and the button sends", async () => {
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    const { onSend, field } = write();

    await userEvent.type(field, "one{Enter}two");
    await userEvent.click(screen.getByRole("button", { name: "Send" }));

    expect(onSend).toHaveBeenCalledExactlyOnceWith("one\ntwo", "anima");
  });

  test("nothing but white space is not sent", async () => {
    const { onSend, field } = write();

    await userEvent.type(field, "   {Enter}");

    expect(onSend).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
  });
});

describe("while an answer comes", () => {
  test("Stop stands in the place of Send", async () => {
    const { onStop } = write({ isReplying: true });

    await userEvent.click(screen.getByRole("button", { name: "Stop" }));

    expect(onStop).toHaveBeenCalledOnce();
    expect(screen.getByRole("textbox", { name: "Message" })).toHaveFocus();
    expect(screen.queryByRole("button", { name: /Send/ })).toBeNull();
  });

  test("a button and Ctrl+Enter send at once and end the answer", async () => {
    const onSendNow = vi.fn();
    const { onSend, field } = write({ isReplying: true, onSendNow });

    await userEvent.type(field, "not that");
    await userEvent.click(screen.getByRole("button", { name: "End this answer and send now" }));
    await userEvent.type(field, "nor that{Control>}{Enter}{/Control}");

    expect(onSendNow.mock.calls).toEqual([
      ["not that", "anima"],
      ["nor that", "anima"],
    ]);
    expect(onSend).not.toHaveBeenCalled();
    expect(field).toHaveValue("");
    expect(field).toHaveFocus();
  });

  test("the next message can be written and sent", async () => {
    const { onSend, field } = write({ isReplying: true });

    await userEvent.type(field, "and then?{Enter}");

    expect(onSend).toHaveBeenCalledExactlyOnceWith("and then?", "anima");
  });
});

describe("agents", () => {
  test("a message that begins with @neo goes to Neo, without those letters", async () => {
    const { onSend, field } = write();

    await userEvent.type(field, "@neo test this{Enter}");

    expect(onSend).toHaveBeenCalledExactlyOnceWith("test this", "neo");
  });

  test("an unknown name stays text", async () => {
    const { onSend, field } = write();

    await userEvent.type(field, "@nobody hi{Enter}");

    expect(onSend).toHaveBeenCalledExactlyOnceWith("@nobody hi", "anima");
  });

  test("the menu chooses who answers", async () => {
    const { onSend, field } = write();

    await userEvent.click(screen.getByRole("button", { name: "Agent: Anima" }));
    await userEvent.click(screen.getByRole("menuitemradio", { name: /Neo/ }));
    await userEvent.type(field, "hi{Enter}");

    expect(onSend).toHaveBeenCalledExactlyOnceWith("hi", "neo");
  });
});

describe("length", () => {
  test("is counted in code points, from nine tenths of the limit on", () => {
    const { field } = write({ maxCharacters: 10 });

    fireEvent.change(field, { target: { value: "👩‍👩‍👧1234" } });

    expect(screen.getByText("9 of 10")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Send" })).toBeEnabled();
  });

  test("above the limit nothing is sent and the field says by how much", () => {
    const { onSend, field } = write({ maxCharacters: 10 });

    fireEvent.change(field, { target: { value: "123456789012" } });
    fireEvent.keyDown(field, { key: "Enter" });

    expect(screen.getByText("2 characters too many")).toBeInTheDocument();
    expect(field).toBeInvalid();
    expect(onSend).not.toHaveBeenCalled();
  });

  test("a paste of a hundred thousand characters is kept whole", () => {
    const { onSend, field } = write();
    const text = "é".repeat(100_000);

    fireEvent.change(field, { target: { value: text } });
    fireEvent.keyDown(field, { key: "Enter" });

    expect(onSend).toHaveBeenCalledExactlyOnceWith(text, "anima");
  });
});

describe("drafts", () => {
  test("survive the page", async () => {
    const { field, unmount } = write({ place: "t1" });
    await userEvent.type(field, "unfinished");
    unmount();

    await waitFor(async () => expect(await readDraft(user, "t1")).toEqual({ text: "unfinished", agent: null }));
    const again = write({ place: "t1" });

    await waitFor(() => expect(again.field).toHaveValue("unfinished"));
  });

  test("belong to one person and one conversation", async () => {
    const { field, unmount } = write({ place: "t1" });
    await userEvent.type(field, "mine");
    unmount();
    await waitFor(async () => expect(await readDraft(user, "t1")).not.toBeNull());

    expect(await readDraft(user, "t2")).toBeNull();
    expect(await readDraft("somebody else", "t1")).toBeNull();
  });

  test("are forgotten once sent", async () => {
    const { field } = write({ place: "t1" });

    await userEvent.type(field, "sent{Enter}");

    await waitFor(async () => expect(await readDraft(user, "t1")).toBeNull());
  });
});
