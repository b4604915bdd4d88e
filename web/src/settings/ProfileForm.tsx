// How one is called, and in which language one is written to.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Asked } from "@/app/Asked";
import { Button, InlineNotice, Segments, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { LANGUAGES } from "@/i18n/language";
import { useProblemText } from "@/i18n/problem_text";
import { type Language, type MyAccount, refusalOf } from "@/wire";
import { useMyAccount, useMyDataActs } from "@/wire/my_data";

const LONGEST = 80;
const NOT_CHOSEN = "none";

export function ProfileForm() {
  return <Asked question={useMyAccount()}>{(account) => <Fields account={account} />}</Asked>;
}

function Fields({ account }: { account: MyAccount }) {
  const { t } = useLingui();
  const { changeMyAccount } = useMyDataActs();
  const problemText = useProblemText();
  const [isSaved, setSaved] = useState(false);
  const [language, setLanguage] = useState<Language | typeof NOT_CHOSEN>(account.language ?? NOT_CHOSEN);
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: valibotResolver(
      v.object({
        display_name: v.pipe(
          v.string(),
          v.trim(),
          v.nonEmpty(t`Enter a name.`),
          v.maxLength(LONGEST, t`Use at most ${LONGEST} characters.`),
        ),
      }),
    ),
    defaultValues: { display_name: account.display_name },
  });
  const submit = handleSubmit(async ({ display_name }) => {
    setSaved(false);
    try {
      await changeMyAccount({ display_name, language: language === NOT_CHOSEN ? null : language });
      setSaved(true);
    } catch (thrown) {
      setError("root", { message: problemText(refusalOf(thrown)) });
    }
  });
  return (
    <form
      onSubmit={(event) => void submit(event)}
      noValidate
      className="flex flex-col gap-5 rounded-xl border border-line bg-surface p-5 shadow-low"
    >
      {isSaved && (
        <InlineNotice tone="success">
          <Trans>Your profile is saved.</Trans>
        </InlineNotice>
      )}
      {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
      <Bound control={control} name="display_name">
        {(field) => (
          <TextField {...field} label={t`Name`} hint={t`Shown to you and to administrators.`} autoComplete="name" />
        )}
      </Bound>
      <Segments
        label={t`Language of e-mails`}
        value={language}
        onChange={setLanguage}
        options={[
          { id: NOT_CHOSEN, label: t`The server’s` },
          ...LANGUAGES.map(({ id, label }) => ({ id, label, lang: id })),
        ]}
      />
      <Button type="submit" isPending={formState.isSubmitting} className="self-start">
        <Trans>Save</Trans>
      </Button>
    </form>
  );
}
