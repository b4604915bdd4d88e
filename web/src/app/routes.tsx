// The addresses of the client. Start-up loads the conversation only; the other screens come when they are opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate } from "@tanstack/react-router";
import { ConversationScreen } from "@/conversation";
import { Gate } from "./Gate";
import { NotFound } from "./NotFound";
import { isOwnPath } from "./own_path";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("@/setup/SetupScreen"), "SetupScreen"),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    isOwnPath(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import("@/sign_in/SignInScreen"), "SignInScreen"),
});

const forgotten = createRoute({
  getParentRoute: () => root,
  path: "/forgotten-password",
  component: lazyRouteComponent(() => import("@/by_mail/ForgottenScreen"), "ForgottenScreen"),
});
const mailedCode = createRoute({
  getParentRoute: () => root,
  path: "/magic-link",
  component: lazyRouteComponent(() => import("@/by_mail/MailedCodeScreen"), "MailedCodeScreen"),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("@/by_mail/ResetScreen"), "ResetScreen"),
});
const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("@/by_mail/LinkScreens"), "VerifyScreen"),
});
const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: "/confirm-email",
  component: lazyRouteComponent(() => import("@/by_mail/LinkScreens"), "ConfirmScreen"),
});
const undoEmail = createRoute({
  getParentRoute: () => root,
  path: "/undo-email",
  component: lazyRouteComponent(() => import("@/by_mail/LinkScreens"), "UndoScreen"),
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const newConversation = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: () => <ConversationScreen threadId={undefined} />,
});
const conversation = createRoute({ getParentRoute: () => shell, path: "/t/$threadId", component: OneConversation });

function OneConversation() {
  const { threadId } = conversation.useParams();
  return <ConversationScreen threadId={threadId} />;
}

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/settings/SettingsScreen"), "SettingsScreen"),
});
const settingsStart = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: () => <Navigate to="/settings/profile" replace />,
});
const profile = createRoute({
  getParentRoute: () => settings,
  path: "/profile",
  component: lazyRouteComponent(() => import("@/settings/ProfileSettings"), "ProfileSettings"),
});
const appearance = createRoute({
  getParentRoute: () => settings,
  path: "/appearance",
  component: lazyRouteComponent(() => import("@/settings/AppearanceSettings"), "AppearanceSettings"),
});
const security = createRoute({
  getParentRoute: () => settings,
  path: "/security",
  component: lazyRouteComponent(() => import("@/settings/security/SecuritySettings"), "SecuritySettings"),
});
const models = createRoute({
  getParentRoute: () => settings,
  path: "/models",
  component: lazyRouteComponent(() => import("@/settings/ModelSettings"), "ModelSettings"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    signIn,
    forgotten,
    mailedCode,
    reset,
    verifyEmail,
    confirmEmail,
    undoEmail,
    shell.addChildren([
      newConversation,
      conversation,
      settings.addChildren([settingsStart, profile, security, appearance, models]),
    ]),
  ]),
  defaultPreload: "intent",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
