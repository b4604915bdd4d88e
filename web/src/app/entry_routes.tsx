// The addresses of whoever has no session yet, or comes with a mailed link.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { isOwnPath } from "./own_path";
import { root } from "./root_route";
import { withTextsOf } from "./with_texts";

const atTheDoor = withTextsOf("entry");

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/setup/SetupScreen")),
    "SetupScreen",
  ),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: ({ next }: Record<string, unknown>): { next?: string | undefined } => ({
    next: isOwnPath(next) ? next : undefined, // left out, the router would keep what was given
  }),
  component: lazyRouteComponent(
    atTheDoor(() => import("@/sign_in/SignInScreen")),
    "SignInScreen",
  ),
});

const forgotten = createRoute({
  getParentRoute: () => root,
  path: "/forgotten-password",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/by_mail/ForgottenScreen")),
    "ForgottenScreen",
  ),
});
const mailedCode = createRoute({
  getParentRoute: () => root,
  path: "/magic-link",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/by_mail/MailedCodeScreen")),
    "MailedCodeScreen",
  ),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/by_mail/ResetScreen")),
    "ResetScreen",
  ),
});
const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/by_mail/LinkScreens")),
    "VerifyScreen",
  ),
});
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: "/confirm-email",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/by_mail/LinkScreens")),
    "ConfirmScreen",
  ),
});
const undoEmail = createRoute({
  getParentRoute: () => root,
  path: "/undo-email",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/by_mail/LinkScreens")),
    "UndoScreen",
  ),
});

const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/joining/RegisterScreen")),
    "RegisterScreen",
  ),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(
    atTheDoor(() => import("@/joining/InvitationScreen")),
    "InvitationScreen",
  ),
});

const shared = createRoute({
  getParentRoute: () => root,
  path: "/s",
  component: lazyRouteComponent(
    withTextsOf("later")(() => import("@/carrying/SharedScreen")),
    "SharedScreen",
  ),
});

export const entryRoutes = [
  shared,
  setup,
  signIn,
  forgotten,
  mailedCode,
  reset,
  verifyEmail,
  confirmEmail,
  undoEmail,
  register,
  invitation,
] as const;
