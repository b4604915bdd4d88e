// The list of conversations by keyboard: menus, names in place, folders, deletion that can be undone.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import { forgetEverything, useLive } from "@/wire/live/store";
import { madeThread } from "@/wire/made_threads";
import { scriptedAccount } from "@/wire/scripted_account";
import { ThreadList } from "./ThreadList";

const FOLDER = { id: "f", name: "Letters", created_at: "2026-11-22T10:00:00Z" };
const LISTED = [madeThread("a", { title: "Alpha" }), madeThread("b", { title: "Beta" })];
const SOON = { timeout: 10_000 }; // what is fetched later takes longest in tests

beforeEach(() => {
  localStorage.clear();
  useLive.setState({ connection: { state: "offline", since: 0 } }); // no frames here: answers tell
});
afterEach(() => {
  vi.unstubAllGlobals();
  forgetEverything();
});

type Replies = Parameters<typeof scriptedAccount>[0];

async function open(more: Replies = {}, address = "/", threads = LISTED) {
  const asked = scriptedAccount({
    "GET /api/threads": [{ body: { threads, next: null } }],
    "/api/threads/folders": [{ body: { folders: [FOLDER] } }],
    ...more,
  });
  const { person, history } = renderInRouter(<ThreadList />, address);
  await screen.findByRole("link", { name: "Alpha" });
  return { person, history, asked };
}

/** Open the menu of the line that has the focus. */
async function menu(person: Awaited<ReturnType<typeof open>>["person"], line: string, keys = "{Shift>}{F10}{/Shift}") {
  screen.getByRole("link", { name: line }).focus();
  await person.keyboard(keys);
  return within(await screen.findByRole("menu", {}, SOON));
}

test.each(["{Shift>}{F10}{/Shift}", "{ContextMenu}"])(
  "%s opens the menu of the line that has the focus",
  async (keys) => {
    const { person } = await open();

    const shown = await menu(person, "Alpha", keys);

    expect(shown.getAllByRole("menuitem").map((item) => item.textContent)).toEqual([
      "Rename",
      "Pin",
      "Move to a folder…",
      "Keep for…",
      "Archive",
      "Delete",
    ]);
    await person.keyboard("{Escape}");
    await waitFor(() => expect(screen.getByRole("link", { name: "Alpha" })).toHaveFocus());
  },
);

test("Enter keeps a new name and the line has the focus again; Escape drops it", async () => {
  const { person, asked } = await open({
    "PATCH /api/threads/a": [{ body: madeThread("a", { title: "Renamed" }) }],
  });
  await person.click((await menu(person, "Alpha")).getByRole("menuitem", { name: "Rename" }));
  await person.type(await screen.findByRole("textbox", { name: "New name" }, SOON), "{Home}Not {Escape}");
  expect(await screen.findByRole("link", { name: "Alpha" })).toHaveFocus();
  expect(asked.some(({ path }) => path === "/api/threads/a")).toBe(false);

  await person.click((await menu(person, "Alpha")).getByRole("menuitem", { name: "Rename" }));
  const field = await screen.findByRole("textbox", { name: "New name" });
  await person.clear(field);
  await person.type(field, "  Renamed {Enter}");

  const renamed = await screen.findByRole("link", { name: "Renamed" });
  await waitFor(() => expect(renamed).toHaveFocus());
  expect(asked.at(-1)?.body).toEqual({ title: "Renamed" });
});

test("a name that is refused says why and stays to be mended", async () => {
  const { person } = await open({ "PATCH /api/threads/a": [{ status: 422, body: { code: "invalid_request" } }] });
  await person.click((await menu(person, "Alpha")).getByRole("menuitem", { name: "Rename" }));
  const field = await screen.findByRole("textbox", { name: "New name" }, SOON);
  await person.type(field, "!{Enter}");

  expect(await screen.findByText("The name was not changed")).toBeVisible();
  expect(field).toHaveValue("Alpha!");
  expect(field).toHaveFocus();
});

test("what is open closes when it is deleted, and is open again when that is undone", async () => {
  const { person, history } = await open(
    {
      "DELETE /api/threads/a": [{ body: { thread: "a", restorable_until: "2026-11-29T10:00:00Z" } }],
      "POST /api/threads/a/restore": [{ body: LISTED[0] }],
    },
    "/t/a",
  );
  await person.click((await menu(person, "Alpha")).getByRole("menuitem", { name: "Delete" }));

  await person.click(await screen.findByRole("button", { name: "Undo" }, SOON));

  expect(await screen.findByRole("link", { name: "Alpha" })).toBeVisible();
  await waitFor(() => expect(history.location.pathname).toBe("/t/a"));
});

test("the line after a deleted one has the focus, and the page stays where it is", async () => {
  const { person, history } = await open(
    { "DELETE /api/threads/a": [{ body: { thread: "a", restorable_until: null } }] },
    "/t/b",
  );
  await person.click((await menu(person, "Alpha")).getByRole("menuitem", { name: "Delete" }));

  await waitFor(() => expect(screen.queryByRole("link", { name: "Alpha" })).toBeNull());
  await waitFor(() => expect(screen.getByRole("link", { name: "Beta" })).toHaveFocus());
  expect(history.location.pathname).toBe("/t/b");
});

test("a folder is open or not, which is remembered, and its conversations are in it alone", async () => {
  const filed = madeThread("c", { title: "Filed", folder: "f" });
  const { person } = await open({}, "/", [...LISTED, filed]);
  const folder = await screen.findByRole("button", { name: "Letters" });
  expect(screen.queryByRole("link", { name: "Filed" })).toBeNull();

  await person.click(folder);

  expect(within(screen.getByRole("region", { name: "Letters" })).getByText("Filed")).toBeVisible();
  expect(screen.getAllByText("Filed")).toHaveLength(1);
  expect(folder).toHaveAttribute("aria-expanded", "true");
  expect(localStorage.getItem("emergence.open_folders")).toContain("f");
});

test("conversations of a folder that is gone are outside", async () => {
  await open({ "/api/threads/folders": [{ body: { folders: [] } }] }, "/", [
    ...LISTED,
    madeThread("c", { title: "Filed", folder: "f" }),
  ]);

  expect(await screen.findByRole("link", { name: "Filed" })).toBeVisible();
});

test("a conversation goes into a new folder in one step", async () => {
  const made = { ...FOLDER, id: "g", name: "Travel" };
  const { person, asked } = await open({
    "POST /api/threads/folders": [{ status: 201, body: made }],
    "PATCH /api/threads/a": [{ body: madeThread("a", { title: "Alpha", folder: "g" }) }],
  });
  await person.click((await menu(person, "Alpha")).getByRole("menuitem", { name: "Move to a folder…" }));
  await person.type(await screen.findByRole("textbox", { name: "New folder" }), "Travel{Enter}");

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked.filter(({ body }) => body).map(({ body }) => body)).toEqual([{ name: "Travel" }, { folder: "g" }]);
});

test("a name that a folder has already is told in the window", async () => {
  const { person } = await open({
    "POST /api/threads/folders": [{ status: 409, body: { code: "folder_name_taken", detail: "" } }],
  });
  await person.click((await menu(person, "Alpha")).getByRole("menuitem", { name: "Move to a folder…" }));
  await person.type(await screen.findByRole("textbox", { name: "New folder" }), "letters{Enter}");

  expect(await screen.findByText("You have a folder of that name already.")).toBeVisible();
});

test("of pinned ones the first cannot go up nor the last down", async () => {
  const pins = [madeThread("a", { title: "Alpha", pin_order: 1 }), madeThread("b", { title: "Beta", pin_order: 2 })];
  const { person, asked } = await open(
    { "PUT /api/threads/pins/order": [{ body: { threads: [{ ...pins[1], pin_order: 0 }] } }] },
    "/",
    pins,
  );
  const shown = await menu(person, "Beta");
  expect(shown.queryByRole("menuitem", { name: "Move down" })).toBeNull();

  await person.click(shown.getByRole("menuitem", { name: "Move up" }));

  await waitFor(() => expect(asked.at(-1)?.body).toEqual({ threads: ["b", "a"] }));
  await waitFor(() =>
    expect(within(screen.getByRole("region", { name: "Pinned" })).getAllByRole("link")[0]).toHaveTextContent("Beta"),
  );
});
