// Everything that is kept of one, as a file: asked for, collected while one does something else, downloaded.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, InlineNotice, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { type Answer, type Export, refusalOf } from "@/wire";
import { isUnderWay, useMyDataActs, useMyExport } from "@/wire/my_data";
import { Section } from "../Section";
import { saveFile } from "../security/save_text";
import { sizeText } from "./size_text";

export function ExportSection() {
  const { t } = useLingui();
  const { beginExport, fetchExport } = useMyDataActs();
  return (
    <Section
      title={t`Export`}
      description={t`Everything that this server keeps about you, as one ZIP file: your account, your conversations, and what was noted about both.`}
    >
      <ExportCard newest={useMyExport()} beginExport={beginExport} fetchExport={fetchExport} />
    </Section>
  );
}

type ExportCardProps = {
  newest: Answer<Export | null>;
  /** Both throw Problem. */
  beginExport: () => Promise<void>;
  fetchExport: () => Promise<File>;
};

/** How far an export is, one's own or somebody's, and what can be done. */
export function ExportCard({ newest, beginExport, fetchExport }: ExportCardProps) {
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState<"begin" | "fetch">();

  const attempt = async (name: "begin" | "fetch", work: () => Promise<unknown>) => {
    setProblem(undefined);
    setBusy(name);
    try {
      await work();
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
      newest.ask();
    } finally {
      setBusy(undefined);
    }
  };
  const begin = () => attempt("begin", () => proved(beginExport));
  const save = () =>
    attempt("fetch", async () => {
      const fetched = await proved(fetchExport);
      if (fetched) saveFile(fetched.answer);
    });

  return (
    <>
      <Asked question={newest}>
        {(found) => (
          <div className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-5 shadow-low">
            {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
            {found && <HowFar found={found} />}
            <div className="flex flex-wrap gap-2">
              {found?.state === "ready" && (
                <Button variant="primary" isPending={busy === "fetch"} onPress={() => void save()}>
                  <Trans>Download</Trans>
                </Button>
              )}
              {!isUnderWay(found?.state) && (
                <Button isPending={busy === "begin"} onPress={() => void begin()}>
                  {found ? <Trans>Make a new export</Trans> : <Trans>Make an export</Trans>}
                </Button>
              )}
            </div>
          </div>
        )}
      </Asked>
      {question}
    </>
  );
}

function HowFar({ found }: { found: Export }) {
  const { i18n } = useLingui();
  const size = sizeText(i18n, found.size_bytes);
  const rows = i18n.number(found.rows);
  const until = found.expires_at && i18n.date(new Date(found.expires_at), { dateStyle: "long" });
  switch (found.state) {
    case "ready":
      return (
        <InlineNotice tone="success">
          <Trans>
            Ready: {rows} rows, {size}. The file is deleted on {until}.
          </Trans>
        </InlineNotice>
      );
    case "failed":
      return (
        <InlineNotice tone="danger">
          <Trans>
            A part of the server did not answer for two days. Ask again; if it stays, tell an administrator.
          </Trans>
        </InlineNotice>
      );
    case "running":
    case "waiting":
      return <Collecting found={found} rows={rows} />;
  }
}

function Collecting({ found, rows }: { found: Export; rows: string }) {
  const { t } = useLingui();
  const { parts_done: done, parts } = found;
  const isStuck = found.state === "waiting" && found.collecting !== null;
  return (
    <div role="status" className="flex flex-col gap-2">
      <span className="flex items-center gap-2.5 font-medium">
        <Spinner label={t`Being collected`} className="size-4 text-muted" />
        <Trans>Being collected</Trans>
      </span>
      <progress aria-label={t`Progress`} value={done} max={parts} className="h-1.5 w-full accent-accent" />
      <span className="text-muted text-sm">
        {isStuck ? (
          <Trans>A part of the server does not answer right now. It is asked again by itself.</Trans>
        ) : (
          <Trans>
            {done} of {parts} parts, {rows} rows so far. You may leave this page.
          </Trans>
        )}
      </span>
    </div>
  );
}
