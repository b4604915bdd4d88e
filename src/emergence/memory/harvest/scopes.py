"""To whom a wish about answers is said: “with Neo, never use lists” holds for Neo alone."""

import re
from dataclasses import replace

from emergence.memory.harvest.drafts import Draft
from emergence.memory.harvest.words import AGENTS
from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewPreference

_AGENT = f"(?:{'|'.join(AGENTS)})"
_SAID_TO = re.compile(
    rf"(?:^|[,;]\s*)(?:(?:hi|hey|hello|ok|okay|so|and|please|bonjour|salut|coucou|et|alors),?\s+)*(?P<called>{_AGENT})\s*[,!]"
    rf"|\b(?:with|to|from|for|avec|à|pour|de)\s+(?P<named>{_AGENT})\b"
    rf"|,\s*(?P<last>{_AGENT})\s*[.!…]*$",
    re.IGNORECASE,
)
_WITH: dict[Language, str] = {"en": "With {}: {}", "fr": "Avec {} : {}"}


def scoped(draft: Draft, sentence: str, language: Language) -> Draft:
    """Return a wish about answers for the agent that its sentence names, where it names one; else as it is."""
    names = {name.lower() for found in _SAID_TO.finditer(sentence) for name in found.groups() if name}
    is_wish = draft.kind == "instruction" or (
        draft.preference is not None and draft.preference.key.startswith("answers.")
    )
    if len(names) != 1 or not is_wish:
        return draft
    (name,) = names
    wish = draft.preference or NewPreference(f"answers:{folded(draft.body)}", draft.body)
    body = draft.body
    if name not in folded(body).split():
        body = _WITH[language].format(name.capitalize(), body[:1].lower() + body[1:])
    return replace(draft, body=body, preference=replace(wish, scope=name))
