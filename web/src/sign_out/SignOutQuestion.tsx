// Where the question about unsent words appears; its window is fetched when it is first needed.
import { lazy, Suspense } from "react";
import { useQuestion } from "./sign_out";

const SignOutDialog = lazy(() => import("./SignOutDialog"));

export function SignOutQuestion() {
  const question = useQuestion();
  if (question.unsent === 0 || !("answer" in question)) return null;
  return (
    <Suspense>
      <SignOutDialog unsent={question.unsent} onAnswer={question.answer} />
    </Suspense>
  );
}
