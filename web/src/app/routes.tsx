// The addresses of the client. Start-up loads the conversation only; the other screens come when they are opened.
import { createRoute, createRouter, lazyRouteComponent, Navigate } from "@tanstack/react-router";
import { searchOf } from "@/administration/audit/audit_search";
import { ConversationScreen } from "@/conversation";
import { memorySearchOf } from "@/memory/memory_search";
import { entryRoutes } from "./entry_routes";
import { root } from "./root_route";
import { Shell } from "./Shell";
import { withTextsOf } from "./with_texts";

const withTexts = withTextsOf("entry", "later");

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
  component: lazyRouteComponent(
    withTexts(() => import("@/settings/SettingsScreen")),
    "SettingsScreen",
  ),
});
const settingsStart = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: () => <Navigate to="/settings/profile" replace />,
});
const profile = createRoute({
  getParentRoute: () => settings,
  path: "/profile",
  component: lazyRouteComponent(
    withTexts(() => import("@/settings/ProfileSettings")),
    "ProfileSettings",
  ),
});
const yourData = createRoute({
  getParentRoute: () => settings,
  path: "/data",
  component: lazyRouteComponent(
    withTexts(() => import("@/settings/your_data/YourDataSettings")),
    "YourDataSettings",
  ),
});
const conversations = createRoute({
  getParentRoute: () => settings,
  path: "/conversations",
  component: lazyRouteComponent(
    withTexts(() => import("@/settings/conversations/ConversationsSettings")),
    "ConversationsSettings",
  ),
});
const appearance = createRoute({
  getParentRoute: () => settings,
  path: "/appearance",
  component: lazyRouteComponent(
    withTexts(() => import("@/settings/AppearanceSettings")),
    "AppearanceSettings",
  ),
});
const security = createRoute({
  getParentRoute: () => settings,
  path: "/security",
  component: lazyRouteComponent(
    withTexts(() => import("@/settings/security/SecuritySettings")),
    "SecuritySettings",
  ),
});
const models = createRoute({
  getParentRoute: () => settings,
  path: "/models",
  component: lazyRouteComponent(
    withTexts(() => import("@/settings/ModelSettings")),
    "ModelSettings",
  ),
});

const memory = createRoute({
  getParentRoute: () => shell,
  path: "/memory",
  validateSearch: memorySearchOf,
  component: lazyRouteComponent(
    withTexts(() => import("@/memory/MemoryScreen")),
    "MemoryScreen",
  ),
});

const administration = createRoute({
  getParentRoute: () => shell,
  path: "/admin",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/AdministrationScreen")),
    "AdministrationScreen",
  ),
});
const administrationStart = createRoute({
  getParentRoute: () => administration,
  path: "/",
  component: () => <Navigate to="/admin/people" replace />,
});
const people = createRoute({
  getParentRoute: () => administration,
  path: "/people",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/people/PeoplePage")),
    "PeoplePage",
  ),
});
const person = createRoute({
  getParentRoute: () => administration,
  path: "/people/$userId",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/people/PersonPage")),
    "PersonPage",
  ),
});
const invitations = createRoute({
  getParentRoute: () => administration,
  path: "/invitations",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/joining/InvitationsPage")),
    "InvitationsPage",
  ),
});
const allowlist = createRoute({
  getParentRoute: () => administration,
  path: "/allowlist",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/joining/AllowlistPage")),
    "AllowlistPage",
  ),
});
const signIns = createRoute({
  getParentRoute: () => administration,
  path: "/sign-ins",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/sign_ins/SignInsPage")),
    "SignInsPage",
  ),
});
const retention = createRoute({
  getParentRoute: () => administration,
  path: "/retention",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/retention/RetentionPage")),
    "RetentionPage",
  ),
});
const keys = createRoute({
  getParentRoute: () => administration,
  path: "/keys",
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/keys/KeysPage")),
    "KeysPage",
  ),
});
const audit = createRoute({
  getParentRoute: () => administration,
  path: "/audit",
  validateSearch: searchOf,
  component: lazyRouteComponent(
    withTexts(() => import("@/administration/audit/AuditPage")),
    "AuditPage",
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([
    ...entryRoutes,
    shell.addChildren([
      newConversation,
      conversation,
      memory,
      settings.addChildren([settingsStart, profile, security, conversations, yourData, appearance, models]),
      administration.addChildren([
        administrationStart,
        people,
        person,
        invitations,
        allowlist,
        signIns,
        retention,
        keys,
        audit,
      ]),
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
