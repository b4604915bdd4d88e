"""Questions for when something was talked about, or what was at some time: they are answered by a timeline.

Told by their form in two languages: who talked, a verb of talking, and the way it is asked. A month that is somebody's
favourite, or a day on which Rome fell, asks for no conversation.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from emergence.memory.question.dates import MONTHS, WEEKDAYS, NamedTime, named_times
from emergence.memory.question.words import QUESTION_MAX_CHARACTERS, STOP_WORDS, folded, language_of, words_of
from emergence.memory.store.spans import Span

Kind = Literal["span", "when", "first", "last", "before", "after"]

_WE = r"(?:we|i|you)"
_TALK = (
    r"(?:talk(?:ed|ing)?|sp(?:eak|oke|oken)|discuss(?:ed|ing)?|mention(?:ed|ing)?|chat(?:ted|ting)?|tell|told|say|said|"
    r"ask(?:ed)?|cover(?:ed)?|br(?:ing|ought) up)"
)
_ON = r"(?:on|nous|je|j|tu|vous)"
_PARLER = (
    r"(?:parl(?:e|es|ait|ais|ions|iez|ons|ez|er)|discut\w+|evoqu\w+|mentionn\w+|dit|disait|disais|disions|racont\w+|"
    r"bavard\w+|abord\w+|demand\w+)"
)
_ASKS = re.compile(
    r"(?:what|when|since when|on (?:what|which)|which|how long ago|remind|recap|summari[sz]e|list|"
    r"de quoi|quand (?:est ce|a t on|ai je|avons nous|as tu|avez vous)|qu est ce|qu (?:ai|avons|a t|as)|depuis quand|"
    r"rappelle|resume|recapitul\w+|quels? |tell me what|dis moi (?:de quoi|ce)|on (?:\w+ ){1,3}quoi\b|c etait quoi)"
)
_WHAT = re.compile(
    rf"\bwhat (?:\w+ ){{0,2}}?(?:did|have|had|were|was) {_WE} (?:\w+ )?{_TALK}\b"
    rf"|\bwhat {_WE} (?:\w+ )?{_TALK}\b"
    r"|\b(?:recap|summari[sz]e|list|what (?:was|were|about)) (?:\w+ )?(?:our|my) (?:\w+ )?"
    r"(?:conversation|discussion|chat|talk)s?\b"
    rf"|\b(?:de quoi|qu|que|quoi|ce dont|quels? sujets?) (?:\w+ ){{0,5}}?{_PARLER}\b"
    rf"|\b{_PARLER} (?:de )?quoi\b"
    r"|\bc etait quoi (?:nos|notre|mes|ma) (?:\w+ )?(?:conversation|discussion|echange)s?\b"
    r"|\b(?:resume|recapitul\w+|rappelle) (?:\w+ ){0,2}?(?:nos|mes) (?:\w+ )?(?:conversation|discussion|echange)s?\b"
)
_WHEN = re.compile(
    rf"\bwhen (?:(?:did|have|had|was|were) )?{_WE} (?:\w+ )?{_TALK}\b"
    rf"|\b(?:on )?(?:what|which) (?:day|date|month|week)s? (?:did|have|was|were) {_WE} (?:\w+ )?{_TALK}\b"
    rf"|\bhow long ago (?:did|have) {_WE} (?:\w+ )?{_TALK}\b"
    rf"|\bquand (?:\w+ ){{0,7}}?{_PARLER}\b"
    rf"|\bquels? (?:jour|date|mois)s? (?:\w+ ){{0,6}}?{_PARLER}\b"
)
_LAST = re.compile(
    rf"\bdid {_WE} last {_TALK}\b|\blast time (?:that )?{_WE} (?:\w+ )?{_TALK}\b"
    rf"|\bderniere fois (?:\w+ ){{0,6}}?{_PARLER}\b"
)
_FIRST = re.compile(
    rf"\bdid {_WE} first {_TALK}\b|\bfirst time (?:that )?{_WE} (?:\w+ )?{_TALK}\b"
    rf"|\bpremiere fois (?:\w+ ){{0,6}}?{_PARLER}\b"
)
_SINCE_WHEN = re.compile(
    r"\bsince when (?:have|had|do|am|are|is|was) (?:i|we|you|my|our)\b"
    r"|\bdepuis quand (?:est ce )?(?:que )?(?:qu )?(?:\w+ )?(?:je|j|on|nous|tu|vous|mon|ma|mes|notre|nos)\b"
)
_IS_TO_COME = re.compile(
    r"\b(?:should|shall|must|could|can) (?:i|we)\b|\b(?:dois|devrais|devons|devrait|faut|faudra|vais|allons)\b"
)
_FRENCH_WHO = re.compile(rf"\b{_ON}\b")
_FRENCH_ASKS = re.compile(rf"\b{_PARLER}\b")
_SIDE = re.compile(
    r"\b(before(?! last$)|after|since|until|(?<!\bd )avant|apres|depuis|jusqu)\b(?: (?:a|au|en|le|la|the))?"
)
_SIDES: dict[str, Literal["before", "after"]] = {
    "before": "before", "avant": "before", "until": "before", "jusqu": "before",
    "after": "after", "apres": "after", "since": "after", "depuis": "after",
}  # fmt: skip
_END = rf"(?:\d{{1,2}}(?:st|nd|rd|th|er)?|(?:19|20)\d\d|{'|'.join([*MONTHS, *WEEKDAYS])})"
_BETWEEN = re.compile(
    rf"\b(?:between|entre)\b|\bfrom (?:the )?{_END} (?:\w+ ){{0,3}}?(?:to|till|until) (?:the )?{_END}\b"
    rf"|\b(?:de|du) {_END} (?:\w+ ){{0,2}}?(?:a|au) {_END}\b"
)
# “What did I say about my boat last spring, and where is it now?”
_OF_NOW_TOO = re.compile(
    r"\b(?:and|but) (?:(?:where|who|how|what|which|when) (?:is|are|s|does|do|has|have)"
    r"|is|are|does|do|has|have)\b(?! (?:we|i)\b)"
    r"|\b(?:et|mais) (?:(?:ou|qui|comment|quand|combien|quel\w*|qu|que) (?:est|sont|en est|a|ont|vaut|vit|habite|va)"
    r"|est (?:il|elle|ce)|sont (?:ils|elles)|c est)\b"
    r"|\b(?:and|et|but|mais) (?:\w+ ){0,6}?(?:now|nowadays|maintenant|desormais|actuellement|a present)\b"
)
_OF_THE_FORM = frozenset(
    words_of("""
talk talked talking speak spoke spoken discuss discussed discussing mention mentioned mentioning chat chatted chatting
tell told say said ask asked cover covered bring brought conversation conversations discussion discussions recap
summarize summarise list remind last first time times when what since day date month week long ago about before after
until between
parle parles parlait parlais parlions parler parlons discute discutait discuter discutions evoque evoquait mentionne
dit disait disais raconte bavarde aborde abordes demande sujet sujets derniere premiere fois depuis quand quoi jour
date mois resume rappelle recapitule echange echanges avant apres jusqu entre
now nowadays maintenant desormais actuellement
remember recall know please dis souviens souvenez rappelles sais savez stp svp
""")
)
# Words of time that no form reads: alone they are no subject, and what was said then is shown all the same.
_SAYS_NO_SUBJECT = STOP_WORDS | frozenset(
    words_of("""
present ago last past previous next early earlier late later recent recently beginning start middle end half whole
morning afternoon evening night noon midnight weekend weekends fortnight week weeks month months year years day days
season time times moment exactly around roughly together everything anything just
dernier derniers derniere dernieres passe passee passes passees debut milieu fin matin matinee midi soir soiree nuit
minuit end semaine semaines an ans annee annees jours saison heure heures moment environ vers ensemble
prochain quinzaine tout exactement
""")
)
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Temporal:
    """What a timeline is asked of.

    `span`: what was said in `spans`, the likeliest ones, or in `wider` where nothing was. `when`, `first` and `last`:
    of what the question is about. `before` and `after`: of what was said on that side of `anchor`, which is no date.
    `is_of_now_too` where it asks for the subject of `topic` at any time besides.
    """

    kind: Kind
    spans: tuple[Span, ...] = ()
    wider: tuple[Span, ...] = ()
    anchor: str = ""
    topic: str = ""
    is_of_now_too: bool = False

    @property
    def names_a_subject(self) -> bool:
        """Whether more is asked than what was said at a time."""
        return bool(self.topic or self.anchor)


def read_temporal(text: str, now: datetime) -> Temporal | None:
    """Return what a question asks of the time line, or None; `now` is read in its own zone."""
    text = text[:QUESTION_MAX_CHARACTERS]
    plain = " ".join(re.findall(r"[^\W_]+", folded(text)))
    if not ("?" in text or _ASKS.match(plain)):
        return None
    if _IS_TO_COME.search(plain):
        return None
    if _SINCE_WHEN.search(plain):
        return _about("first", plain)
    if not _is_of_talking(plain):
        return None
    if _LAST.search(plain):
        return _about("last", plain)
    if _FIRST.search(plain):
        return _about("first", plain)
    if _WHEN.search(plain):
        return _about("when", plain)
    times, rest = named_times(text, now, is_of_talk=True)
    return _of_span(plain, rest, times, now)


def _is_of_talking(plain: str) -> bool:
    forms = [form for form in (_LAST, _FIRST, _WHAT, _WHEN) if (form.search(plain)) is not None]
    is_french = _FRENCH_ASKS.search(plain) is not None and re.search(r"\b(?:quoi|que|qu|quand|quels?|fois)\b", plain)
    return bool(forms) and not (is_french and _FRENCH_WHO.search(plain) is None)


def _about(kind: Kind, plain: str) -> Temporal | None:
    topic = _topic(plain)
    return Temporal(kind, topic=topic) if topic else None


def _of_span(plain: str, rest: str, times: Sequence[NamedTime], now: datetime) -> Temporal | None:
    side = _SIDE.search(rest)  # “avant-hier” is a day
    if not times:
        if side is None:
            return None
        anchor, topic = _topic(plain[side.end() :]), _topic(plain[: side.start()])
        return Temporal(_SIDES[side[1]], anchor=anchor, topic=topic) if anchor else None
    topic = _topic(rest, *(each.shown for each in times))
    within = Temporal("span", *_meant(times, now), topic=topic, is_of_now_too=_OF_NOW_TOO.search(plain) is not None)
    if len(times) > 1 and _BETWEEN.search(plain):
        whole = (_from_to(times, now),)
        return replace(within, spans=whole, wider=whole)
    if side is not None:
        # “Since Saturday”, asked on a Saturday, is a week.
        meant = _latest(within.spans, now) if _SIDES[side[1]] == "before" else within.spans[0]
        if _SIDES[side[1]] == "before":
            beside = Span(LONG_AGO, meant.end if side[1] in ("until", "jusqu") else meant.start)
        else:
            beside = Span(meant.start if side[1] in ("since", "depuis") else meant.end, now + timedelta(days=1))
        return replace(within, spans=(beside,), wider=(beside,))
    return within


def _from_to(times: Sequence[NamedTime], now: datetime) -> Span:
    """Return the time from the first of the times that are named to the last."""
    named = [_latest(each.spans, now) for each in times]
    if len(times) == 2 and not any(each.is_exact for each in times):  # “from October to February” passes a new year
        named[0] = max((each for each in times[0].spans if each.start <= named[1].start), default=named[0], key=_start)
    ends = [each for each in named if not any(each != other and _holds(each, other) for other in named)]
    return Span(min(each.start for each in ends), max(each.end for each in ends))


def _meant(times: Sequence[NamedTime], now: datetime) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the likeliest spans, and all: "14 March" is one day of each year, "in March" the last one there was.

    Of times that have nothing in common, “in March and May”, each is meant.
    """
    apart: list[tuple[tuple[Span, ...], bool]] = []
    for each in times:
        common = [(_both(spans, each.spans), is_exact or each.is_exact) for spans, is_exact in apart]
        if any(spans for spans, _ in common):
            apart = [new if new[0] else old for new, old in zip(common, apart, strict=True)]
        else:
            apart.append((each.spans, each.is_exact))
    likeliest = {span for spans, is_exact in apart for span in (spans if is_exact else _last_of(spans, now))}
    return tuple(sorted(likeliest, key=_start)), tuple(
        sorted({each for spans, _ in apart for each in spans}, key=_start)
    )


def _last_of(spans: Sequence[Span], now: datetime) -> Sequence[Span]:
    latest = _latest(spans, now)
    if latest.start <= now < latest.end <= latest.start + timedelta(days=2):  # “on Saturday”, asked on a Saturday
        earlier = [span for span in spans if span.end <= latest.start]
        return [*([_latest(earlier, now)] if earlier else []), latest]
    return [latest]


def _latest(spans: Sequence[Span], now: datetime) -> Span:
    begun = [span for span in spans if span.start <= now]
    return max(begun or spans, key=_start)


def _start(span: Span) -> datetime:
    return span.start


def _holds(span: Span, other: Span) -> bool:
    return span.start <= other.start and other.end <= span.end


def _both(left: Sequence[Span], right: Sequence[Span]) -> tuple[Span, ...]:
    """Return what lies in spans of both; those on the right, of a single time, do not overlap each other."""
    right = sorted(right, key=lambda span: span.start)
    ends = [span.end for span in right]
    common = set[Span]()
    for span in left:
        for place in range(bisect_right(ends, span.start), len(right)):
            if (other := right[place]).start >= span.end:
                break
            common.add(Span(max(span.start, other.start), min(span.end, other.end)))
    return tuple(sorted(common, key=lambda span: span.start))


def _topic(plain: str, *times: str) -> str:
    named = {word for time in times for word in time.split()}
    said = words_of(plain)
    of_the_form = _OF_THE_FORM - {"chat"} if language_of(said) == "fr" else _OF_THE_FORM  # a cat, there
    words = [word for word in said if word not in of_the_form and word not in named]
    return " ".join(words) if any(folded(word) not in _SAYS_NO_SUBJECT for word in words) else ""
