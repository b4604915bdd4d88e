// How far a file is, or what came of it: everything that was left out is said.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { InlineNotice } from "@/design";
import type { Import } from "@/wire/carrying";
import { useFaultText } from "./import_faults";

export function ImportResult({ found }: { found: Import }) {
  const { i18n } = useLingui();
  const faultText = useFaultText();
  const begun = i18n.date(new Date(found.started_at), { dateStyle: "medium", timeStyle: "short" });
  return (
    <div className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-5 shadow-low">
      <p className="text-muted text-sm">
        <Trans>Latest import: {begun}</Trans>
      </p>
      {found.state === "running" && <Progress found={found} />}
      {found.state === "interrupted" && (
        <InlineNotice tone="warning">
          <Trans>It was cut off. Choose the same file again: it goes on where it stopped.</Trans>
        </InlineNotice>
      )}
      {found.failure && (
        <InlineNotice tone="danger">
          <Trans>This file cannot be read, so nothing of it was imported.</Trans>
          <p className="text-sm">
            {found.failure.place}: {faultText(found.failure)}
          </p>
        </InlineNotice>
      )}
      <Counts found={found} />
      {found.problems.length > 0 && (
        <ul className="list-disc pl-5 text-muted text-sm">
          {found.problems.map((problem) => (
            <li key={problem.place} className="break-words">
              {problem.place}: {faultText(problem)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Progress({ found }: { found: Import }) {
  const { t } = useLingui();
  const done = found.imported + found.known + found.expired + found.refused;
  const all = found.conversations;
  return (
    <div className="flex flex-col gap-1.5">
      <progress
        aria-label={t`Progress`}
        className="w-full accent-accent"
        {...(all !== null && { value: done, max: all })}
      />
      <p role="status" className="text-muted text-sm">
        {all === null ? (
          <Trans>The file is being looked through. You may leave this page.</Trans>
        ) : (
          <Trans>
            {done} of {all} conversations. You may leave this page.
          </Trans>
        )}
      </p>
    </div>
  );
}

function Counts({ found }: { found: Import }) {
  const { imported, known, expired, refused } = found;
  const { messages, attachments } = found.left_out;
  if (found.state === "running") return null;
  return (
    <ul className="flex flex-col gap-1">
      <li className="font-medium">
        <Plural value={imported} one="# conversation imported" other="# conversations imported" />
      </li>
      {known > 0 && (
        <li>
          <Plural value={known} one="# was here already" other="# were here already" />
        </li>
      )}
      {expired > 0 && (
        <li>
          <Plural
            value={expired}
            one="# is older than this server keeps conversations"
            other="# are older than this server keeps conversations"
          />
        </li>
      )}
      {refused > 0 && (
        <li>
          <Plural value={refused} one="# could not be read" other="# could not be read" />
        </li>
      )}
      {messages > 0 && (
        <li className="text-muted text-sm">
          <Plural
            value={messages}
            one="# message of a tool or of the system, or empty, was left out"
            other="# messages of tools or of the system, or empty, were left out"
          />
        </li>
      )}
      {attachments > 0 && (
        <li className="text-muted text-sm">
          <Plural
            value={attachments}
            one="# image or file was left out; a line says where it was"
            other="# images and files were left out; a line says where each was"
          />
        </li>
      )}
    </ul>
  );
}
