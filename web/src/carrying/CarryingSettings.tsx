// Conversations beyond this server: taken along, brought in, and shown to others.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { Section } from "@/settings/Section";
import { saveFile } from "@/settings/security/save_text";
import { refusalOf } from "@/wire";
import { exportAll, useShares } from "@/wire/carrying";
import { LinkList } from "./LinkList";

export function TakeAlong() {
  const { t } = useLingui();
  const problemText = useProblemText();
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const save = async () => {
    setError(undefined);
    setPending(true);
    try {
      saveFile(await exportAll());
    } catch (thrown) {
      setError(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  return (
    <Section
      title={t`Export`}
      description={t`All of your conversations as one ZIP file, which any Emergence server can import. Single ones are exported from the line above them, also as Markdown and PDF.`}
    >
      {error && <InlineNotice tone="danger">{error}</InlineNotice>}
      <Button className="self-start" isPending={isPending} onPress={() => void save()}>
        <Trans>Export all conversations</Trans>
      </Button>
    </Section>
  );
}

export function Links() {
  const { t } = useLingui();
  return (
    <Section title={t`Shared links`} description={t`Whoever has one of these links can read the conversation.`}>
      <Asked question={useShares()}>
        {({ shares, offered }) => (
          <>
            {!offered && (
              <InlineNotice tone="warning">
                <Trans>This server does not let conversations be shared by link: these lead nowhere for now.</Trans>
              </InlineNotice>
            )}
            {shares.length === 0 ? (
              <p className="text-muted">
                <Trans>You share nothing.</Trans>
              </p>
            ) : (
              <LinkList shares={shares} withTitles />
            )}
          </>
        )}
      </Asked>
    </Section>
  );
}
