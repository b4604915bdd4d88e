// An administrator who views somebody else's settings is offered nothing that only its owner can do.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLook } from "@/wire/impersonation";
import { scriptedAccount } from "@/wire/scripted_account";
import { ProfileSettings } from "./ProfileSettings";
import { YourDataSettings } from "./your_data/YourDataSettings";

const EVE = { user_id: "u2", role: "member" as const, email: "eve@example.org", display_name: "Eve" };

afterEach(() => {
  useLook.setState({ look: undefined });
  vi.unstubAllGlobals();
});

test.each([ProfileSettings, YourDataSettings])("nothing can be pressed or typed (%#)", (Settings) => {
  const asked = scriptedAccount({});
  useLook.setState({ look: { person: EVE, administrator: { ...EVE, user_id: "u1" }, endsAt: Date.now() + 60_000 } });

  renderPart(<Settings />);

  expect(screen.getByRole("status")).toHaveTextContent(/^You are viewing somebody else’s account/);
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(asked).toEqual([]);
});
