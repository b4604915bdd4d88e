// A key or an address is checked before it is kept, and the result is said in place.
import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { ProviderState } from "@/wire";
import { ProviderForm } from "./ProviderForm";

let sent: { path: string; body: unknown } | undefined;
let reply: { status: number; body: object };

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

async function answer(input: string | Request): Promise<Response> {
  if (typeof input === "string") return json(200, { access_token: "t", expires_in: 300, user_id: "u1" });
  sent = { path: new URL(input.url).pathname, body: await input.json() };
  return json(reply.status, reply.body);
}

beforeEach(() => {
  sent = undefined;
  reply = { status: 200, body: { provider: "anthropic", state: "ready", model: "claude" } };
  vi.stubGlobal("fetch", answer);
});
afterEach(() => void vi.unstubAllGlobals());

test("a key that works says which model answers now", async () => {
  const onReady = vi.fn();
  const user = renderPart(<ProviderForm provider="anthropic" known={undefined} onReady={onReady} />);

  await user.type(screen.getByLabelText("Key"), " sk-ant-1 ");
  await user.click(screen.getByRole("button", { name: "Check and save" }));
  expect(await screen.findByText("It works: agents now answer with claude.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Continue" }));

  expect(sent).toEqual({ path: "/api/models/anthropic", body: { api_key: "sk-ant-1", base_url: null, model: null } });
  expect(onReady).toHaveBeenCalledTimes(1);
});

const rejected = (reason: string, detail: string, words?: string) => ({
  status: 409,
  body: { code: "provider_rejected", reason, detail, provider_words: words },
});

test("a refused key is called that, with the provider's own words, and what was typed stays", async () => {
  reply = rejected("model_key_rejected", "Anthropic rejected the API key.", "invalid x-api-key");
  const user = renderPart(<ProviderForm provider="anthropic" known={undefined} onReady={() => undefined} />);

  await user.type(screen.getByLabelText("Key"), "wrong");
  await user.click(screen.getByRole("button", { name: "Check and save" }));

  expect(await screen.findByText("The provider refused the key.")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("Nothing was changed.");
  expect(screen.getByRole("alert")).toHaveTextContent(/changed\.invalid x-api-key$/);
  expect(screen.getByLabelText("Key")).toHaveValue("wrong");
});

test.each([
  ["model_unavailable", "The address could not be reached."],
  ["model_key_rejected", "The server at this address refused the key, or asks for one."],
  ["model_not_found", "This model, or this address, is not known there."],
  ["model_rate_limited", "The provider is limiting requests for this key. Wait a moment, then try again."],
  ["model_of_tomorrow", "The provider did not accept this."],
])("an address that fails with %s says so", async (reason, heading) => {
  reply = rejected(reason, "The model server is not well.");
  const user = renderPart(<ProviderForm provider="openai_compatible" known={undefined} onReady={() => undefined} />);

  await user.type(screen.getByLabelText("Model"), "llama3.2");
  await user.click(screen.getByRole("button", { name: "Check and save" }));

  expect(await screen.findByText(heading)).toBeVisible();
  expect(screen.queryByText("The model server is not well.") !== null).toBe(reason === "model_of_tomorrow");
});

test("an empty model's name means the one that is in use", () => {
  const known = { model: "claude-opus", base_url: null } as ProviderState;
  renderPart(<ProviderForm provider="anthropic" known={known} onReady={() => undefined} />);

  expect(screen.getByLabelText("Model (optional)")).toHaveAccessibleDescription("Left empty, claude-opus answers.");
});

test("an address must be one, needs a model's name, and no key", async () => {
  const user = renderPart(<ProviderForm provider="openai_compatible" known={undefined} onReady={() => undefined} />);
  const address = screen.getByLabelText("Address");

  expect(address).toHaveValue("http://127.0.0.1:11434/v1");
  await user.clear(address);
  await user.type(address, "my server");
  await user.click(screen.getByRole("button", { name: "Check and save" }));

  expect(await screen.findByText("An address begins with http:// or https://.")).toBeVisible();
  expect(screen.getByText("Enter the name of a model that this server offers.")).toBeVisible();
  expect(sent).toBeUndefined();
});
