"""What letters say, in French and English: links in `with_links`, notices in `notices`; one entry for each letter."""

from collections.abc import Mapping

from emergence.auth.mail.letters import LetterKind
from emergence.auth.mail.texts.notices import NOTICES, notice_text
from emergence.auth.mail.texts.text import Text
from emergence.auth.mail.texts.to_former_addresses import TO_FORMER_ADDRESSES
from emergence.auth.mail.texts.with_links import WITH_LINKS
from emergence.contracts.auth.values import Language

__all__ = ["Text", "text_of"]

OTHERS = {**WITH_LINKS, **TO_FORMER_ADDRESSES}


def text_of(kind: LetterKind, language: Language, values: Mapping[str, str]) -> Text:
    """Return the words of a letter with its values in them."""
    notice = NOTICES.get(kind)
    text = notice_text(notice[language], language, values) if notice else OTHERS[kind][language]
    return text.filled(values)
