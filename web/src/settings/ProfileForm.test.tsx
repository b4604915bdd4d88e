// The profile: what is saved, and what each refusal says.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { ProfileForm } from "./ProfileForm";

const ME = "/api/auth/me";
const ACCOUNT = { user_id: "u1", role: "admin", email: "a@b.c", display_name: "Ada", language: null, created_at: "" };

afterEach(() => void vi.unstubAllGlobals());

test("name and language are saved, and the page says the new name", async () => {
  const saved = { ...ACCOUNT, display_name: "Ada Lovelace", language: "fr" };
  const asked = scriptedAccount({ [ME]: [{ body: ACCOUNT }, { body: saved }] });
  const user = renderPart(<ProfileForm />);

  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "  Ada Lovelace ");
  await user.click(screen.getByRole("radio", { name: "Français" }));
  await user.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByText("Your profile is saved.")).toBeVisible();
  expect(asked.at(-1)?.body).toEqual({ display_name: "Ada Lovelace", language: "fr" });
  expect(useLogin.getState().me?.display_name).toBe("Ada Lovelace");
});

test("an empty name is not sent, and a refusal is told", async () => {
  const asked = scriptedAccount({ [ME]: [{ body: ACCOUNT }, problem(503, "database_unavailable")] });
  const user = renderPart(<ProfileForm />);

  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Enter a name.")).toBeVisible();
  expect(countOf(asked, ME)).toBe(1);
  await user.type(name, "Ada");
  await user.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("The database does not answer right now.");
});
