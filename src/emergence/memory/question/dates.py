"""Days, months and years that a question names, in two languages, as spans of time in the zone of whoever asks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from emergence.memory.question.relative_times import Days, day_of, month_of, relative_times, year_of
from emergence.memory.question.words import folded, words_of
from emergence.memory.store.spans import Span

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
_NAMES = {  # “may” is more often no month
    word: tuple(name for name, other in names.items() if other == number and name != "may")
    for names in (MONTHS, WEEKDAYS)
    for word, number in names.items()
}
_YEARS = 20  # so far back "in March" looks: nobody talked with agents before, and imported archives are seldom older
_WEEKS = 104  # and so far "on a Monday"
MOST_TIMES = 8  # in a question, each time and each year once: whoever lists more asks for none of them


@dataclass(frozen=True, slots=True)
class NamedTime:
    """A time in a question: the words that name it, and when that was; `is_exact` unless it is one of many Mondays."""

    shown: str
    spans: tuple[Span, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Time:
    shown: str
    days: tuple[Days, ...]
    is_exact: bool = True


# Days of a month, with a margin: the first one, and the first one after.
_PARTS = {
    "early": (0, 12), "begin": (0, 12), "start": (0, 12), "debut": (0, 12), "mi": (8, 22), "courant": (0, 31),
    "late": (18, 31), "end": (18, 31), "fin": (18, 31),
}  # fmt: skip
_PART_OF_MONTH = re.compile(
    r"\b(early|late|mid|middle of|beginning of|start of|end of|debut|fin|mi|courant)(?: de| d)? "
    rf"({'|'.join(MONTHS)})\b"
)
_LAST_WEEKDAY = re.compile(rf"\b(?:last ({'|'.join(WEEKDAYS)})|({'|'.join(WEEKDAYS)}) dernier)\b")
_ISO = re.compile(r"\b((?:19|20)\d\d) (\d\d) (\d\d)\b")
_NUMBERED = re.compile(r"\b(\d\d?) (\d\d?) ((?:19|20)\d\d)\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_MONTHS = frozenset(
    words_of(
        "in on of since until till before after last this next early late mid during by from between and to around"
    )
)
_DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th|er)?")


def named_times(question: str, now: datetime) -> tuple[list[NamedTime], str]:
    """Return the first times that a question names, and its words without the relative ones ("last week").

    `now` is read in its own zone, in which days begin.
    """
    plain = " ".join(re.findall(r"[^\W_]+", folded(question)))
    times: list[_Time] = []
    today = now.date()

    def note(found: re.Match[str], days: tuple[Days, ...], *, is_exact: bool = True) -> None:
        nonlocal plain
        times.append(_Time(found[0], days, is_exact))
        plain = f"{plain[: found.start()]}{' ' * len(found[0])}{plain[found.end() :]}"

    def take(pattern: re.Pattern[str], days: Callable[[re.Match[str]], Days | None]) -> None:
        for found in list(pattern.finditer(plain)):
            if (named := days(found)) is not None:
                note(found, (named,))

    take(_ISO, lambda found: _written(int(found[1]), int(found[2]), int(found[3])))
    take(_NUMBERED, lambda found: _written(int(found[3]), int(found[2]), int(found[1])))
    for found, days in relative_times(plain, today):
        if plain[found.start() : found.end()] == found[0]:  # else it is part of a longer one
            note(found, (days,))
    named_years = [int(year) for year in dict.fromkeys(re.findall(r"\b(?:19|20)\d\d\b", plain))][:MOST_TIMES]
    for found in list(_PART_OF_MONTH.finditer(plain)):
        note(
            found, _parts(found, named_years or range(today.year - _YEARS, today.year + 1)), is_exact=bool(named_years)
        )
    take(_LAST_WEEKDAY, lambda found: day_of(_last_weekday(WEEKDAYS[found[1] or found[2]], today)))
    plain = " ".join(plain.split())
    times += _calendar(plain.split(), today)
    times = list({each.shown: each for each in times}.values())[:MOST_TIMES]
    return [NamedTime(each.shown, _in_zone(each.days, now), each.is_exact) for each in times], plain


def names_of(time: str) -> tuple[str, ...]:
    """Return what a month or a day of the week is called in both languages; nothing for other times."""
    return _NAMES.get(time, ())


def _in_zone(days: Sequence[Days], now: datetime) -> tuple[Span, ...]:
    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), now.tzinfo)

    return tuple(Span(midnight(first), midnight(after)) for first, after in days)


def _written(year: int, month: int, day: int) -> Days | None:
    try:
        return day_of(date(year, month, day))
    except ValueError:
        return None


def _parts(found: re.Match[str], years: Sequence[int]) -> tuple[Days, ...]:
    """Return the beginning, the middle or the end of a month in each of the years."""
    first, last = _PARTS[next(word for word in _PARTS if found[1].startswith(word))]
    months = (month_of(date(year, MONTHS[found[2]], 1)) for year in years)
    return tuple((begins + timedelta(days=first), min(begins + timedelta(days=last), ends)) for begins, ends in months)


def _last_weekday(weekday: int, today: date) -> date:
    return today - timedelta(days=(today.isoweekday() - weekday - 1) % 7 + 1)


def _is_month(words: Sequence[str], place: int) -> bool:
    """Return whether "may" is one: "in May", "4 May", "May 2026"; "may I" is none."""
    before, after = words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else ""
    return before in _BEFORE_MONTHS or any(_DAY.fullmatch(word) or _YEAR.fullmatch(word) for word in (before, after))


def _calendar(words: Sequence[str], today: date) -> Iterator[_Time]:
    named_years = [int(word) for word in dict.fromkeys(words) if _YEAR.fullmatch(word)][:MOST_TIMES]
    years = named_years or range(today.year - _YEARS, today.year + 1)
    words = [word for place, word in enumerate(words) if word != "may" or _is_month(words, place)]
    months = dict.fromkeys(MONTHS[word] for word in words if word in MONTHS)
    for word in dict.fromkeys(words):
        if word in MONTHS:
            is_exact = bool(named_years)
            yield _Time(word, tuple(month_of(date(year, MONTHS[word], 1)) for year in years), is_exact)
        elif word in WEEKDAYS:
            last = today if today.isoweekday() == WEEKDAYS[word] else _last_weekday(WEEKDAYS[word], today)
            yield _Time(word, tuple(day_of(last - timedelta(weeks=weeks)) for weeks in range(_WEEKS)), is_exact=False)
        elif _YEAR.fullmatch(word):
            yield _Time(word, (year_of(int(word)),))
        elif months and (found := _DAY.fullmatch(word)):
            written = [_written(year, month, int(found[1])) for year in years for month in months]
            if days := tuple(day for day in written if day is not None):
                yield _Time(word, days, bool(named_years))
