"""Fields for passwords in the web client: masked until asked, open to pasting, and named for password managers."""

import re

import pytest

from tests.architecture.sources import place, tracked_below

SCREENS = [path for path in tracked_below("web/src", ".tsx") if not path.name.endswith(".test.tsx")]
MASKING = "web/src/design/parts/TextField.tsx"
USED = re.compile(r"<PasswordField\b(.*?)/>", re.DOTALL)
LABELLED = re.compile(r"<TextField\b(?:(?!/>).)*?label=\{t`[^`]*[Pp]assword[^`]*`\}", re.DOTALL)
NAMED = re.compile(r"""autoComplete=(?:"(?:current|new)-password")""")
# A key of a model provider is masked too, and is nothing that a password manager should offer a password for.
OTHER_SECRETS = {"web/src/models/ProviderForm.tsx"}


def test_only_one_part_masks_what_is_typed_and_passwords_are_typed_nowhere_else() -> None:
    texts = {place(path): path.read_text() for path in SCREENS}

    assert [name for name, text in texts.items() if '"password"' in text and 'type="password"' in text] == []
    assert 'type={isShown ? "text" : "password"}' in texts[MASKING]
    assert [name for name, text in texts.items() if LABELLED.search(text)] == []


def test_every_password_field_names_what_it_holds() -> None:
    found = {place(path): USED.findall(path.read_text()) for path in SCREENS}
    used = {name: fields for name, fields in found.items() if fields and name not in OTHER_SECRETS}

    assert len(used) >= 4
    assert [name for name, fields in used.items() if not all(NAMED.search(field) for field in fields)] == []


@pytest.mark.parametrize("word", ["onPaste", "onCopy", "onDrop", "onBeforeInput"])
def test_nothing_stands_between_the_clipboard_and_a_form(word: str) -> None:
    forms = [path for path in SCREENS if "<form" in path.read_text() or place(path) == MASKING]

    assert len(forms) > 10
    assert [place(path) for path in forms if word in path.read_text()] == []
