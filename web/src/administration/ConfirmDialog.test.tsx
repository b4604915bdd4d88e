// An administrator's act: asked about, proved where the server wants to know, and told where it failed.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useAdministrationActs } from "@/wire/administration";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { ConfirmDialog } from "./ConfirmDialog";

const REVOKE = "/api/auth/admin/sessions/revoke";
const STATUS = { body: { enabled: false, confirmed_at: null, recovery_codes_left: 0, methods: [] } };

afterEach(() => void vi.unstubAllGlobals());

function Part({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { endSessionsOf } = useAdministrationActs();
  return (
    <ConfirmDialog title="Sure?" label="Do it" act={() => endSessionsOf("u2")} onDone={onDone} onClose={onClose}>
      <p>What happens.</p>
    </ConfirmDialog>
  );
}

function shown(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  const [onDone, onClose] = [vi.fn(), vi.fn()];
  return { asked, onDone, onClose, user: renderPart(<Part onDone={onDone} onClose={onClose} />) };
}

test("nothing happens before it is confirmed, and the safe way out has the focus", async () => {
  const { asked, onClose, onDone, user } = shown({ [REVOKE]: [{ body: { revoked: 1 } }] });

  expect(screen.getByRole("dialog", { name: "Sure?" })).toHaveTextContent("What happens.");
  expect(screen.getByRole("button", { name: "Cancel" })).toHaveFocus();
  expect(countOf(asked, REVOKE)).toBe(0);
  await user.click(screen.getByRole("button", { name: "Do it" }));

  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(onClose).toHaveBeenCalledOnce();
  expect(asked.find(({ path }) => path === REVOKE)?.body).toEqual({ user_id: "u2", everybody: false });
});

test("where a fresh proof is asked for, it is given and the act is done", async () => {
  const stale = problem(401, "insufficient_user_authentication");
  const { asked, onDone, user } = shown({
    [REVOKE]: [stale, { body: { revoked: 1 } }],
    "/api/auth/2fa/status": [STATUS],
    "/api/auth/step-up": [{ body: GRANT }],
  });

  await user.click(screen.getByRole("button", { name: "Do it" }));
  await user.type(await screen.findByLabelText("Password"), "right{Enter}");

  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(countOf(asked, REVOKE)).toBe(2);
});

test("a refusal is told in the dialog, which stays", async () => {
  const { onDone, onClose, user } = shown({ [REVOKE]: [problem(409, "last_administrator")] });

  await user.click(screen.getByRole("button", { name: "Do it" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("This is the only administrator.");
  expect(onDone).not.toHaveBeenCalled();
  expect(onClose).not.toHaveBeenCalled();
});
