// For how long this server keeps everybody's conversations, and what another limit would erase before anybody sets it.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { CopyButton } from "@/conversation/CopyButton";
import { Button, InlineNotice, TextField } from "@/design";
import { daysText } from "@/managing/kept_until";
import { Section } from "@/settings/Section";
import type { DeploymentPreview } from "@/wire";
import { useDeploymentPreview } from "@/wire/administration";
import { Administered } from "../Administered";

const LONGEST = 36_500; // contracts/session/managing.py

export function RetentionPage() {
  const { t } = useLingui();
  return (
    <Section
      title={t`How long conversations are kept`}
      description={t`One limit for everybody, counted from the last message of each conversation. People may keep single ones for a shorter time.`}
    >
      <Administered question={useDeploymentPreview(null)}>{(now) => <Current now={now} />}</Administered>
      <OtherLimit />
    </Section>
  );
}

function Current({ now }: { now: DeploymentPreview }) {
  const { i18n } = useLingui();
  const days = now.days === null ? null : daysText(i18n.locale, now.days);
  return (
    <p>
      {days === null ? (
        <Trans>No limit is set: conversations are kept until somebody deletes them.</Trans>
      ) : (
        <Trans>Every conversation is erased {days} after its last message. Nobody can bring it back.</Trans>
      )}
    </p>
  );
}

/** Whole days that may be set; undefined for anything else. */
function daysOf(text: string): number | undefined {
  const days = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return days >= 1 && days <= LONGEST ? days : undefined;
}

function OtherLimit() {
  const { t, i18n } = useLingui();
  const longest = i18n.number(LONGEST);
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<number>();
  const [isWrong, setWrong] = useState(false);
  const look = (event: FormEvent) => {
    event.preventDefault();
    setAsked(daysOf(text));
    setWrong(daysOf(text) === undefined);
  };
  return (
    <form
      noValidate
      onSubmit={look}
      className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-5 shadow-low"
    >
      <TextField
        label={t`A limit in days`}
        hint={t`Nothing is erased by looking.`}
        error={isWrong ? t`Enter a whole number of days, from 1 to ${longest}.` : undefined}
        inputMode="numeric"
        autoComplete="off"
        value={text}
        onChange={(typed) => {
          setText(typed);
          setWrong(false);
          setAsked(undefined); // what it said was of another number
        }}
        className="max-w-form"
      />
      <Button type="submit" className="self-start">
        <Trans>Show what it would erase</Trans>
      </Button>
      {asked !== undefined && <Preview days={asked} />}
    </form>
  );
}

function Preview({ days }: { days: number }) {
  return (
    <Administered question={useDeploymentPreview(days)}>
      {(preview) => <Reach preview={preview} days={days} />}
    </Administered>
  );
}

function Reach({ preview, days }: { preview: DeploymentPreview; days: number }) {
  const { t, i18n } = useLingui();
  const setting = `SESSION_RETENTION_DAYS=${days}`;
  const [messages, people] = [i18n.number(preview.messages), i18n.number(preview.people)];
  return (
    <div role="status" className="flex flex-col gap-3">
      <InlineNotice tone={preview.threads > 0 ? "warning" : "success"}>
        {preview.threads === 0 ? (
          <Trans>It would erase nothing now.</Trans>
        ) : (
          <>
            <p className="font-medium">
              <Plural
                value={preview.threads}
                one="It would erase # conversation within a minute, beyond return."
                other="It would erase # conversations within a minute, beyond return."
              />
            </p>
            <p className="text-sm">
              <Trans>
                Messages in them: {messages}. People whose they are: {people}.
              </Trans>
            </p>
          </>
        )}
      </InlineNotice>
      <p className="text-muted text-sm">
        <Trans>To set it, start the server with this in its environment:</Trans>
      </p>
      <p className="flex items-center gap-2">
        <code className="rounded-md bg-hover px-2 py-1 text-sm">{setting}</code>
        <CopyButton text={setting} label={t`Copy the setting`} />
      </p>
    </div>
  );
}
