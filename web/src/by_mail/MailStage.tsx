// The page around the screens that letters lead to, with the way back to signing in.
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { Stage, StageTitle } from "@/app/Stage";
import { useLogin } from "@/wire/login";

type MailStageProps = { title: string; intro?: ReactNode; children: ReactNode };

export function MailStage({ title, intro, children }: MailStageProps) {
  const isSignedIn = useLogin((login) => login.status === "signed-in");
  useEffect(() => {
    document.title = `${title} · Emergence`;
  }, [title]);
  return (
    <Stage>
      <StageTitle title={title}>{intro}</StageTitle>
      <div className="flex flex-col gap-5">{children}</div>
      <p className="mt-6 text-center text-sm">
        <Link
          to={isSignedIn ? "/" : "/sign-in"}
          className="inline-block min-h-6 text-link underline-offset-4 hover:underline"
        >
          {isSignedIn ? <Trans>Go to your conversations</Trans> : <Trans>Back to signing in</Trans>}
        </Link>
      </p>
    </Stage>
  );
}
