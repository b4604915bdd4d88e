// Passkeys in the settings: added with the codes that come with the first, named, removed, and where they work.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { QUESTION, refusedByDevice, scriptedPasskeys, setupAt } from "@/wire/scripted_passkeys";
import { PasskeysSection } from "./PasskeysSection";

const LIST = "/api/auth/passkeys";
const BEGIN = `${LIST}/register/begin`;
const FINISH = `${LIST}/register/finish`;
const KEY = {
  id: "p1",
  name: "Chrome on Linux",
  created_at: "2026-11-20T10:00:00Z",
  last_used_at: null as string | null,
  is_synced: false,
  is_backed_up: false,
  counter_back_at: null as string | null,
};
const CODES = Array.from({ length: 10 }, (_, place) => `${"ABCDEFGHJK"[place]}-AAAA-BBBB-CCCC-DDDD`);
const kept = (...passkeys: (typeof KEY)[]) => ({ body: { passkeys, works_at: location.origin } });
const status = (...methods: string[]) => [
  { body: { enabled: methods.includes("totp"), confirmed_at: null, recovery_codes_left: methods.length * 5, methods } },
];
const STALE = problem(401, "insufficient_user_authentication");

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function shown(replies: Parameters<typeof scriptedAccount>[0]) {
  const device = scriptedPasskeys();
  const asked = scriptedAccount({ ...setupAt(location.origin), "/api/auth/2fa/status": status(), ...replies });
  return { device, asked, user: renderPart(<PasskeysSection />) };
}

test("the first one brings recovery codes, which have to be kept", async () => {
  const { asked, user } = shown({
    [LIST]: [kept(), kept(KEY)],
    [BEGIN]: [QUESTION],
    [FINISH]: [{ body: { passkey: KEY, recovery_codes: CODES } }],
  });

  await user.click(await screen.findByRole("button", { name: "Add a passkey" }));
  const list = await screen.findByRole("list", { name: "Recovery codes" });
  expect([...list.children].map((item) => item.textContent)).toEqual(CODES);
  await user.click(screen.getByRole("checkbox", { name: "I have kept them" }));
  await user.click(screen.getByRole("button", { name: "Done" }));

  expect(await screen.findByText("Chrome on Linux")).toBeVisible();
  expect(screen.getByText(/^Add a second one/)).toBeVisible();
  expect(asked.find(({ path }) => path === FINISH)?.body).toMatchObject({
    name: expect.stringMatching(/./),
    credential: { id: "AAAA", response: { transports: ["internal"] } },
  });
});

test("another one is added after a proof by the first", async () => {
  const { device, asked, user } = shown({
    [LIST]: [kept(KEY), kept(KEY, { ...KEY, id: "p2", name: "Key on the ring", is_backed_up: true })],
    "/api/auth/2fa/status": status("passkey", "recovery_code"),
    [BEGIN]: [STALE, QUESTION],
    [`${LIST}/step-up/begin`]: [QUESTION],
    "/api/auth/step-up": [{ body: GRANT }],
    [FINISH]: [{ body: { passkey: { ...KEY, id: "p2" }, recovery_codes: null } }],
  });

  await user.click(await screen.findByRole("button", { name: "Add a passkey" }));
  await user.click(await screen.findByRole("button", { name: "Use your passkey" }));

  expect(await screen.findByText("Key on the ring")).toBeVisible();
  expect(screen.getByText("On all your devices")).toBeVisible();
  expect(device.get).toHaveBeenCalledTimes(1);
  expect(device.create).toHaveBeenCalledTimes(1);
  expect(asked.find(({ path }) => path === "/api/auth/step-up")?.body).toMatchObject({ passkey: { id: "AAAA" } });
  expect(screen.queryByText(/^Add a second one/)).toBeNull();
});

test("a second one of the same device gets another name", async () => {
  const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
  vi.spyOn(navigator, "userAgent", "get").mockReturnValue(agent);
  const { asked, user } = shown({
    [LIST]: [kept(KEY)],
    [BEGIN]: [QUESTION],
    [FINISH]: [{ body: { passkey: { ...KEY, id: "p2" }, recovery_codes: null } }],
  });

  await user.click(await screen.findByRole("button", { name: "Add a passkey" }));

  await waitFor(() =>
    expect(asked.find(({ path }) => path === FINISH)?.body).toMatchObject({ name: "Chrome on Linux 2" }),
  );
});

test.each([
  ["NotAllowedError", /^No passkey was used: you cancelled/],
  ["InvalidStateError", /^This device already has a passkey/],
  ["NotSupportedError", /^This device cannot keep a passkey/],
])("what the device refuses (%s) is said, and nothing is sent", async (name, words) => {
  const { device, asked, user } = shown({ [LIST]: [kept()], [BEGIN]: [QUESTION] });
  device.create.mockRejectedValueOnce(refusedByDevice(name));

  await user.click(await screen.findByRole("button", { name: "Add a passkey" }));

  expect(await screen.findByRole("alert")).toHaveTextContent(words);
  expect(countOf(asked, FINISH)).toBe(0);
});

test("one is renamed, and an empty name is not sent", async () => {
  const { asked, user } = shown({
    [LIST]: [kept(KEY), kept({ ...KEY, name: "Ring" })],
    [`${LIST}/p1`]: [{ status: 204 }],
  });

  await user.click(await screen.findByRole("button", { name: "Rename the passkey: Chrome on Linux" }));
  await user.clear(screen.getByLabelText("Name"));
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Enter a name.")).toBeVisible();
  await user.type(screen.getByLabelText("Name"), " Ring {Enter}");

  expect(await screen.findByText("Ring")).toBeVisible();
  expect(asked.find(({ path }) => path === `${LIST}/p1`)?.body).toEqual({ name: "Ring" });
});

test("removing the only factor is warned of and wants a proof", async () => {
  const { asked, user } = shown({
    [LIST]: [kept(KEY), kept()],
    "/api/auth/2fa/status": status("passkey", "recovery_code"),
    [`${LIST}/p1`]: [STALE, { status: 204 }],
    "/api/auth/step-up": [{ body: GRANT }],
  });

  await user.click(await screen.findByRole("button", { name: "Remove the passkey: Chrome on Linux" }));
  expect(await screen.findByText(/^It is your only second factor/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Remove the passkey" }));
  await user.click(await screen.findByRole("button", { name: "Use a code instead" }));
  await user.type(screen.getByLabelText("Recovery code"), "A-AAAA{Enter}");

  expect(await screen.findByText(/^You have none yet/)).toBeVisible();
  expect(countOf(asked, `${LIST}/p1`)).toBe(2);
});

test("one that may have been copied is warned of", async () => {
  shown({ [LIST]: [kept({ ...KEY, counter_back_at: "2026-11-21T10:00:00Z" })] });

  expect(await screen.findByText(/^It may have been copied/)).toBeVisible();
});

test("without an authenticator app the recovery codes are told of here", async () => {
  const { user } = shown({ [LIST]: [kept(KEY)], "/api/auth/2fa/status": status("passkey", "recovery_code") });

  expect(await screen.findByText("10 recovery codes are left.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "New recovery codes" }));

  expect(within(screen.getByRole("dialog")).getByText(/^You get ten new codes/)).toBeVisible();
});

test("at another address the list stays, and the page says where one can be added", async () => {
  shown({ [LIST]: [{ body: { passkeys: [KEY], works_at: "http://localhost:8080" } }] });

  expect(await screen.findByText("Chrome on Linux")).toBeVisible();
  expect(screen.getByRole("link", { name: "localhost:8080" })).toHaveAttribute("href", "http://localhost:8080/");
  expect(screen.queryByRole("button", { name: "Add a passkey" })).toBeNull();
});

test("a browser without passkeys is told so, and a list that cannot be read can be asked for again", async () => {
  const { user } = shown({ [LIST]: [problem(503, "unavailable"), kept()] });
  vi.stubGlobal("PublicKeyCredential", undefined);
  delete (globalThis as { PublicKeyCredential?: unknown }).PublicKeyCredential;

  await user.click(await screen.findByRole("button", { name: "Try again" }));

  await waitFor(() => expect(screen.getByText("This browser cannot use passkeys.")).toBeVisible());
});
