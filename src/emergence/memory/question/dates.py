"""Days, months and years that a question names, in two languages, as the lexemes that turns carry of their date."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from emergence.memory.question.words import folded

MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    )
    for number, name in enumerate(names.split(), start=1)
}
WEEKDAYS = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for number, name in enumerate(names.split(), start=1)
}
_UNITS = {
    "day": 1, "days": 1, "jour": 1, "jours": 1, "week": 7, "weeks": 7, "semaine": 7, "semaines": 7,
}  # fmt: skip
_SPAN_DAYS = 3  # "two weeks ago" is rarely exact

_Span = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class NamedTime:
    """A time in a question: the words that name it, and the text of a `tsquery` over the date lexemes."""

    shown: str
    lexemes: str


def _day(at: datetime) -> str:
    return f"('on:{at:%Y}' & 'on:m{at:%m}' & 'on:d{at:%d}')"


def _days(first: datetime, count: int) -> str:
    return " | ".join(_day(first + timedelta(days=number)) for number in range(count))


def _month(at: datetime) -> str:
    return f"('on:{at:%Y}' & 'on:m{at:%m}')"


def _last_week(now: datetime) -> str:
    return _days(now - timedelta(days=now.weekday() + 7), 7)


def _this_week(now: datetime) -> str:
    return _days(now - timedelta(days=now.weekday()), now.weekday() + 1)


def _last_month(now: datetime) -> str:
    return _month(now.replace(day=1) - timedelta(days=1))


_RELATIVE: tuple[tuple[str, Callable[[datetime], str]], ...] = (
    (r"the day before yesterday|avant hier", lambda now: _day(now - timedelta(days=2))),
    (r"yesterday|hier", lambda now: _day(now - timedelta(days=1))),
    (r"today|aujourd hui", _day),
    (r"last week|(?:la )?semaine (?:derniere|passee)", _last_week),
    (r"this week|cette semaine", _this_week),
    (r"last month|(?:le )?mois (?:dernier|passe)", _last_month),
    (r"this month|ce mois ci|ce mois", _month),
    (r"last year|l an(?:nee)? (?:dernier|derniere|passee)", lambda now: f"'on:{now.year - 1}'"),
    (r"this year|cette annee", lambda now: f"'on:{now.year}'"),
)
_AGO = re.compile(r"\b(?:(\d{1,3}) (days?|weeks?) ago|il y a (\d{1,3}) (jours?|semaines?))\b")
_LAST_WEEKDAY = re.compile(rf"\b(?:last ({'|'.join(WEEKDAYS)})|({'|'.join(WEEKDAYS)}) dernier)\b")
_ISO = re.compile(r"\b((?:19|20)\d\d) (\d\d) (\d\d)\b")
_NUMBERED = re.compile(r"\b(\d\d?) (\d\d?) ((?:19|20)\d\d)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DAY = re.compile(r"\b(\d\d?)(?:st|nd|rd|th|er)?\b")


def named_times(question: str, now: datetime) -> tuple[list[NamedTime], str]:
    """Return the times that a question names, and its words without the relative ones ("last week")."""
    plain = " ".join(re.findall(r"[^\W_]+", folded(question)))
    times: list[NamedTime] = []

    def take(pattern: str | re.Pattern[str], lexemes: Callable[[re.Match[str]], str]) -> None:
        nonlocal plain
        while (found := re.search(pattern, plain)) is not None:
            times.append(NamedTime(found[0], lexemes(found)))
            plain = f"{plain[: found.start()]} {plain[found.end() :]}"

    take(_ISO, lambda found: f"('on:{found[1]}' & 'on:m{found[2]}' & 'on:d{found[3]}')")
    take(_NUMBERED, lambda found: f"('on:{found[3]}' & 'on:m{int(found[2]):02}' & 'on:d{int(found[1]):02}')")
    for words, span in _RELATIVE:
        take(rf"\b(?:{words})\b", lambda _, span=span: span(now))  # type: ignore[misc]
    take(_AGO, lambda found: _ago(found, now))
    take(_LAST_WEEKDAY, lambda found: _day(_last_weekday(WEEKDAYS[found[1] or found[2]], now)))
    times += _calendar(plain)
    return times, plain


def _ago(found: re.Match[str], now: datetime) -> str:
    days = int(found[1] or found[3]) * _UNITS[found[2] or found[4]]
    if days < 7:
        return _day(now - timedelta(days=days))
    return _days(now - timedelta(days=days + _SPAN_DAYS), 2 * _SPAN_DAYS + 1)


def _last_weekday(weekday: int, now: datetime) -> datetime:
    return now - timedelta(days=(now.isoweekday() - weekday - 1) % 7 + 1)


def _calendar(plain: str) -> Iterator[NamedTime]:
    words = plain.split()
    months = [word for word in words if word in MONTHS]
    for word in months:
        yield NamedTime(word, f"'on:m{MONTHS[word]:02}'")
    for word in words:
        if word in WEEKDAYS:
            yield NamedTime(word, f"'on:w{WEEKDAYS[word]}'")
        elif _YEAR.fullmatch(word):
            yield NamedTime(word, f"'on:{word}'")
        elif months and (found := _DAY.fullmatch(word)) and 1 <= int(found[1]) <= 31:
            yield NamedTime(word, f"'on:d{int(found[1]):02}'")
