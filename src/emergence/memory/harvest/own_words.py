"""The sentences of a message that are the person's own statements, each as it stands there.

Code, quotations, pasted documents, scripts, role play and texts that an agent is to work on are nobody's statements.
What is not their own is masked, character by character, so that whatever is found is still literally in the message.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emergence.memory.harvest.lead_ins import MASK, led_in_from, own_until
from emergence.memory.harvest.words import AGENTS, PRAISE

LONGEST_CHARACTERS = 1_500  # of a message: longer ones are pasted, or hold what was
LONGEST_SENTENCE_CHARACTERS = 400
LEFT_OUT = "[…]"

_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " "})
_MASKED = (
    re.compile(r"(?:```|~~~).*?(?:```|~~~|\Z)", re.DOTALL),
    re.compile(r"^(?: {4,}|\t).*$", re.MULTILINE),
    re.compile(r"`[^`\n]+`"),
    re.compile(r"^ {0,3}>.*$", re.MULTILINE),
    re.compile(r"«[^»]*(?:»|\Z)|“[^”]*(?:”|\Z)|„[^“”]*[“”]|\"[^\"]*(?:\"|\Z)|‘[^’]*’"),
    re.compile(r"(?<!\w)'[^'\n]{2,}'(?!\w)"),
    re.compile(r"^[ \t]*\|.*$", re.MULTILINE),  # a table
    re.compile(r"https?://\S+"),
)
# A script, “Anna: I am…”, but not “Note: I am…”.
_SCRIPT = re.compile(
    r"^[ \t]*(?:[-*•] )?\[?(?!(?:Note|Nota|NB|PS|FYI|Info|Remember|Retiens|Mémorise|Update)\b)[A-ZÀ-Ý][\w.'-]{0,20}"
    r"(?: [A-ZÀ-Ý0-9][\w.'-]{0,20})?\]?[ \t]?:[ \t].*$",
    re.MULTILINE,
)
_AGENT = "|".join(AGENTS)
# A letter, a log or a page that was pasted as a whole.
_PASTED = re.compile(
    rf"^[ \t]*(?:dear\b(?! (?:{_AGENT})\b)|"
    r"from:|to:|sent:|subject:|objet ?:|de ?:|à ?:|envoyé ?:|sincerely|(?:best|kind|warm) regards|"
    rf"yours\b|cordialement|bien à vous|(?:chère?|cher) (?!(?:{_AGENT})\b)|"
    r"madame,|monsieur,|je vous prie|-----|begin |<[a-z!/]|[{\[]\s*$|"
    r"sent from my |envoyé (?:de|depuis) mon |#!|\d{4}-\d\d-\d\dT|traceback )",
    re.IGNORECASE | re.MULTILINE,
)
# Whoever plays or tells a story speaks for somebody else, for as long as the message goes on.
_PLAYED = re.compile(
    r"\b(?:role[- ]?play|pretend|imagine|make believe|let's say|suppose|supposing|hypothetically|act as|you are an? (?!"
    + PRAISE
    + r")|"
    r"play the (?:role|part)|in (?:my|this|the|a) (?:story|novel|game|scene|dream|play|script|song|poem)|"
    r"my (?:character|avatar|persona|protagonist|hero|heroine)|the narrator|lyrics|for example|e\.g\.|"
    r"jeu de rôles?|imagin(?:e|ons|ez)|fais(?:ons)? comme si|faites comme si|fais semblant|mettons que|"
    r"suppos(?:e|ons|ez)|admettons|joue(?:ons)? (?:le|un|une|la) |(?:tu es (?:un|une|mon)|vous êtes (?:un|une)) (?!"
    + PRAISE
    + r")|"
    r"dans (?:mon|ma|cette|ce|le|la|un|une) (?:histoire|roman|jeu|scène|rêve|pièce|scénario|chanson|poème|nouvelle)|"
    r"mon (?:personnage|avatar|héros|héroïne)|le narrateur|la narratrice|paroles|par exemple|p\. ?ex\.)",
    re.IGNORECASE,
)
# “Node.js” and “St. Louis” end no sentence.
_SENTENCE = re.compile(
    r"[^.!?…;\n]+(?:(?:\.(?=\w)|"
    r"(?:(?<=\b(?:St|Mt|Ft|Dr|Mr|Ms))|(?<=\b(?:Mrs|Ste)))\.(?= [A-ZÀ-Ý])(?! (?:I|My|Je|Mon|Ma)\b))"
    r"[^.!?…;\n]+)*[.!?…;]*",
    re.DOTALL,
)
_MASKED_RUN = re.compile(rf"{MASK}[{MASK}\n]*")
_SOME_WORDS = re.compile(r"(?:\w+\W+){3}\w")  # a name in quotation marks, or one word of code, is no text
_NOT_NEW_LINE = re.compile(r"[^\n]")
_BULLET = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])?\s*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement: `quote` as it stands in the message, `text` with plain apostrophes and what is not own masked."""

    quote: str
    text: str


def own_sentences(body: str) -> Iterator[Sentence]:
    """Yield what the person states, in the order in which they do."""
    if len(body) > LONGEST_CHARACTERS or _PASTED.search(body):
        return
    text = _masked(body)
    if _PLAYED.search(text):
        return
    for found in _SENTENCE.finditer(text):
        start = found.start() + len(_BULLET.match(found[0])[0])  # type: ignore[index] # it matches nothing, too
        sentence = text[start : found.end()]
        if sentence.rstrip().endswith("?") or len(sentence) > LONGEST_SENTENCE_CHARACTERS:
            continue
        if sentence.strip(f" {MASK}.!…;"):
            yield Sentence(body[start : found.end()].strip(), sentence.strip())


def own_text(body: str) -> str:
    """Return what is the person's own of a message, questions too, with […] for what is not; empty: nothing is."""
    if len(body) > LONGEST_CHARACTERS or _PASTED.search(body):
        return ""
    text = _masked(body)
    if _PLAYED.search(text) or not re.search(r"\w", text):
        return ""
    return re.sub(rf"{MASK}[{MASK}\s]*", LEFT_OUT, text).strip()


def passes_on(body: str) -> bool:
    """Return whether a message holds words that are perhaps somebody else's: pasted, quoted, played, or very long.

    That a sentence is about nobody (“It rains.”) makes none of it anybody else's.
    """
    if len(body) > LONGEST_CHARACTERS or _PASTED.search(body):
        return re.search(r"\w", body) is not None
    text = _masked(body, led_in_from)
    if _PLAYED.search(text) or not re.search(r"\w", text):
        return re.search(r"\w", body) is not None
    return any(_SOME_WORDS.search(body[run.start() : run.end()]) for run in _MASKED_RUN.finditer(text))


def _masked(body: str, until: Callable[[str], int] = own_until) -> str:
    text = body.translate(_APOSTROPHES)
    for pattern in _MASKED:
        text = pattern.sub(_masking, text)
    text = _SCRIPT.sub(_masking, text)
    own = until(text)
    return text[:own] + _NOT_NEW_LINE.sub(MASK, text[own:])


def _masking(found: re.Match[str]) -> str:
    return _NOT_NEW_LINE.sub(MASK, found[0])
