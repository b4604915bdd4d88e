// The list of providers: each act says what it acts on, and what is missing is said in the reader's language.
import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { ProviderState } from "@/wire";
import { useLogin } from "@/wire/login";
import { ModelSettings } from "./ModelSettings";

const provider = (state: Partial<ProviderState>): ProviderState => ({
  provider: "anthropic",
  state: "not_configured",
  source: null,
  model: null,
  base_url: null,
  demonstration: false,
  notice: null,
  ...state,
});
let providers: ProviderState[];

async function answer(input: string | Request): Promise<Response> {
  const me = { access_token: "t", expires_in: 300, user_id: "u1", role: "admin", display_name: "Ada", email: "a@b" };
  return new Response(JSON.stringify(typeof input === "string" ? me : { providers }));
}

beforeEach(() => {
  vi.stubGlobal("fetch", answer);
  useLogin.setState({ status: "signed-in", me: { user_id: "u1", role: "admin", email: "a@b", display_name: "Ada" } });
});
afterEach(() => void vi.unstubAllGlobals());

test("every button says which provider it is for", async () => {
  providers = [
    provider({ provider: "anthropic" }),
    provider({ provider: "openai", state: "ready", source: "administrator", model: "gpt" }),
    provider({ provider: "openai_compatible" }),
  ];
  renderPart(<ModelSettings />);

  await screen.findByText("Anthropic");

  expect(screen.getAllByRole("button").map((button) => button.getAttribute("aria-label"))).toEqual([
    "Add Anthropic",
    "Remove OpenAI",
    "Change OpenAI",
    "Add Ollama or another server",
  ]);
});

test.each([
  [{ provider: "builtin" }, "It is switched off on this server."],
  [
    { provider: "builtin", state: "unavailable", source: "package", notice: "No AVX2." },
    "It does not run on this server.",
  ],
  [{ state: "unavailable", source: "administrator" }, "The stored key cannot be read any more. Enter it again."],
  [
    { provider: "openai_compatible", state: "unavailable", source: "environment" },
    "The server’s environment gives an address, but no model.",
  ],
] as const)("what is missing is said: %o", async (state, text) => {
  providers = [provider(state)];
  renderPart(<ModelSettings />);

  expect(await screen.findByText(text)).toBeVisible();
  if ("notice" in state) expect(screen.getByText(state.notice)).toBeVisible();
});
