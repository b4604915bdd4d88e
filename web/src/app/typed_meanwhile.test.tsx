// What somebody types while the next screen still loads goes along: under load that takes seconds.
import { createMemoryHistory, createRouter, RouterProvider } from "@tanstack/react-router";
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { scriptedAccount } from "@/wire/scripted_account";
import { router } from "./routes";

const loading = vi.hoisted(() => ({ goOn: () => {} }));
vi.mock("@/joining/RegisterScreen", async (load) => {
  await new Promise<void>((resolve) => {
    loading.goOn = resolve;
  });
  return await load();
});

const OPEN = { claimed: true, claim: "code", password_min_length: 8, has_refresh_token: false, mail: true };
const ADDRESS = "alan@example.org";
const address = () => screen.getByRole("textbox", { name: "E-mail address" });

afterEach(() => vi.unstubAllGlobals());

test("an address that is typed at the door is in the next form, whole, and not in one of whoever comes later", async () => {
  scriptedAccount({
    "/api/auth/setup": [{ body: { ...OPEN, signup: "open" } }],
    "/api/auth/register": [{ status: 202, body: { expires_in: 86_400, retry_after_seconds: 60 } }],
  });
  useLogin.setState({ status: "signed-out", me: undefined });
  vi.stubGlobal("CSS", { supports: () => true, escape: (text: string) => text });
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  const history = createMemoryHistory({ initialEntries: ["/sign-in"] });
  const user = renderPart(<RouterProvider router={createRouter({ ...router.options, history }) as never} />);
  await screen.findByLabelText("Password", {}, { timeout: 10_000 });

  await user.click(await screen.findByRole("link", { name: "Create an account" }));
  await user.type(address(), ADDRESS); // the form is still that of signing in
  loading.goOn();

  await screen.findByLabelText("Your name", {}, { timeout: 10_000 });
  expect(address()).toHaveValue(ADDRESS);

  await user.type(screen.getByLabelText("Your name"), "Alan");
  await user.type(screen.getByLabelText("Password"), "seven orange boats{Enter}");
  await user.click(await screen.findByRole("button", { name: "Use another address" }));
  expect(address()).toHaveValue(ADDRESS);
  expect(screen.getByLabelText("Your name")).toHaveValue("Alan");
  expect(screen.getByLabelText("Password")).toHaveValue("seven orange boats");

  useLogin.setState({
    status: "signed-in",
    me: { user_id: "u1", role: "member", email: ADDRESS, display_name: "Alan" },
  });
  useLogin.setState({ status: "signed-out", me: undefined });
  await history.push("/sign-in");
  await waitFor(() => expect(screen.queryByLabelText("Your name")).toBeNull());
  await waitFor(() => expect(address()).toHaveValue(""));
});
