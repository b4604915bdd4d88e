// Decides, from who is signed in and whether the server has an administrator, which screens may be seen.
import { Trans } from "@lingui/react/macro";
import { Navigate, Outlet, useMatches } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef } from "react";
import { Button, Mark, Spinner } from "@/design";
import { isFirstRunOpen } from "@/setup/progress";
import { start, useLogin } from "@/wire/login";
import { useSetupState } from "@/wire/questions";
import { withTextsOf } from "./with_texts";

const LockedOverlay = lazy(withTextsOf("entry")(() => import("./LockedOverlay")));
/** Screens for whoever cannot, or need not, be signed in. */
const WITHOUT_SESSION = [
  "/sign-in",
  "/forgotten-password",
  "/magic-link",
  "/reset-password",
  "/verify-email",
  "/confirm-email",
  "/undo-email",
  "/register",
  "/invitation",
];
/** Conversations that are shared by link: for whoever has it, signed in or not. */
const FOR_ALL = "/s";
const OUTSIDE = ["/setup", ...WITHOUT_SESSION];

export function Gate() {
  const login = useLogin();
  const pathname = useShownPath();
  const isOutside = OUTSIDE.includes(pathname);
  if (pathname === FOR_ALL) return <Outlet />;
  if (login.status === "starting") return <Waiting />;
  if (login.status === "unreachable") return <Unreachable onRetry={() => void start()} />;
  if (login.status === "signed-out") return <SignedOut pathname={pathname} />;
  if (pathname === "/setup" && !isFirstRunOpen()) return <Navigate to="/" replace />;
  if (!isOutside && isFirstRunOpen() && login.me.role === "admin") return <Navigate to="/setup" replace />;
  return (
    <>
      <Outlet />
      <Suspense>{login.status === "locked" && <LockedOverlay me={login.me} />}</Suspense>
    </>
  );
}

/** The path of the screen that stands, not of one still being fetched: otherwise a screen would show to the wrong person. */
function useShownPath(): string {
  return useMatches({ select: (matches) => matches.at(-1)?.pathname ?? "/" });
}

function SignedOut({ pathname }: { pathname: string }) {
  const { status, data, ask } = useSetupState();
  if (status === "failed") return <Unreachable onRetry={ask} />;
  if (data === undefined) return <Waiting />;
  if (!data.claimed) return pathname === "/setup" ? <Outlet /> : <Navigate to="/setup" replace />;
  if (WITHOUT_SESSION.includes(pathname)) return <Outlet />;
  const next = pathname === "/" || pathname === "/setup" ? {} : { next: pathname };
  return <Navigate to="/sign-in" search={next} replace />;
}

function Waiting() {
  return (
    <main aria-busy="true" className="grid h-full place-items-center text-faint">
      <Spinner className="size-6 animate-[appear_200ms_600ms_backwards,spin_1s_linear_infinite]" />
    </main>
  );
}

const RETRY_MS = 5_000;

function Unreachable({ onRetry }: { onRetry: () => void }) {
  const retry = useRef(onRetry);
  useEffect(() => {
    retry.current = onRetry;
  }, [onRetry]);
  useEffect(() => {
    const tryAgain = () => retry.current();
    const timer = setInterval(tryAgain, RETRY_MS);
    addEventListener("online", tryAgain);
    return () => {
      clearInterval(timer);
      removeEventListener("online", tryAgain);
    };
  }, []);
  return (
    <main className="grid h-full place-items-center p-6">
      <div className="flex max-w-form flex-col items-center gap-4 text-center">
        <Mark className="size-12" />
        <h1 className="text-xl">
          <Trans>The server does not answer</Trans>
        </h1>
        <p className="text-muted">
          <Trans>Nothing is lost. Check that Emergence is running and that you are connected to its network.</Trans>
        </p>
        <Button variant="primary" onPress={onRetry}>
          <Trans>Try again</Trans>
        </Button>
      </div>
    </main>
  );
}
