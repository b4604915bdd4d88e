// The first run: the administrator, then a model, then the first message. A reload comes back to the same step.
import { useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { Stage } from "@/app/Stage";
import { useLogin } from "@/wire/login";
import { AdministratorStep } from "./AdministratorStep";
import { ModelStep } from "./ModelStep";

export function SetupScreen() {
  const { t } = useLingui();
  const isSignedIn = useLogin((login) => login.me !== undefined);
  useEffect(() => {
    document.title = `${t`Set up`} · Emergence`;
  }, [t]);
  return (
    <Stage isWide={isSignedIn}>
      <Steps current={isSignedIn ? 2 : 1} />
      {isSignedIn ? <ModelStep /> : <AdministratorStep />}
    </Stage>
  );
}

function Steps({ current }: { current: 1 | 2 }) {
  const { t } = useLingui();
  return (
    <div className="mb-6 flex items-center gap-3 text-muted text-sm">
      <span aria-hidden="true" className="flex gap-1.5">
        {[1, 2].map((step) => (
          <span
            key={step}
            className={`h-1 w-7 rounded-full transition-colors duration-300 ${step <= current ? "bg-accent" : "bg-line-strong"}`}
          />
        ))}
      </span>
      {t`Step ${current} of 2`}
    </div>
  );
}
