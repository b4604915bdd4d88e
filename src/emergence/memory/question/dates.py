"""Days, months and years that a question names, in two languages, as spans of time in the zone of whoever asks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

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
_UNITS = {
    "day": 1, "days": 1, "jour": 1, "jours": 1, "week": 7, "weeks": 7, "semaine": 7, "semaines": 7,
}  # fmt: skip
_SPAN_DAYS = 3  # "two weeks ago" is rarely exact
_YEARS = 20  # so far back "in March" looks: nobody talked with agents before, and imported archives are seldom older
_WEEKS = 104  # and so far "on a Monday"
MOST_TIMES = 8  # in a question, each time and each year once: whoever lists more asks for none of them

Days = tuple[date, date]  # the first one, and the first one after it


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


def _day(day: date) -> Days:
    return day, day + timedelta(days=1)


def _week(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _month(day: date) -> Days:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _year(year: int) -> Days:
    return date(year, 1, 1), date(year + 1, 1, 1)


_RELATIVE: tuple[tuple[str, Callable[[date], Days]], ...] = (
    (r"the day before yesterday|avant hier", lambda today: _day(today - timedelta(days=2))),
    (r"yesterday|hier", lambda today: _day(today - timedelta(days=1))),
    (r"today|aujourd hui", _day),
    (r"last week|(?:la )?semaine (?:derniere|passee)", lambda today: _week(today - timedelta(days=7))),
    (r"this week|cette semaine", _week),
    (r"last month|(?:le )?mois (?:dernier|passe)", lambda today: _month(today.replace(day=1) - timedelta(days=1))),
    (r"this month|ce mois ci|ce mois", _month),
    (r"last year|l an(?:nee)? (?:dernier|derniere|passee)", lambda today: _year(today.year - 1)),
    (r"this year|cette annee", lambda today: _year(today.year)),
)
_AGO = re.compile(r"\b(?:(\d{1,3}) (days?|weeks?) ago|il y a (\d{1,3}) (jours?|semaines?))\b")
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

    def take(pattern: str | re.Pattern[str], days: Callable[[re.Match[str]], Days | None]) -> None:
        nonlocal plain
        for found in list(re.finditer(pattern, plain)):
            if (named := days(found)) is not None:
                times.append(_Time(found[0], (named,)))
                plain = f"{plain[: found.start()]}{' ' * len(found[0])}{plain[found.end() :]}"

    take(_ISO, lambda found: _written(int(found[1]), int(found[2]), int(found[3])))
    take(_NUMBERED, lambda found: _written(int(found[3]), int(found[2]), int(found[1])))
    for words, days in _RELATIVE:
        take(rf"\b(?:{words})\b", lambda _, days=days: days(today))  # type: ignore[misc]
    take(_AGO, lambda found: _ago(found, today))
    take(_LAST_WEEKDAY, lambda found: _day(_last_weekday(WEEKDAYS[found[1] or found[2]], today)))
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
        return _day(date(year, month, day))
    except ValueError:
        return None


def _ago(found: re.Match[str], today: date) -> Days:
    days = int(found[1] or found[3]) * _UNITS[found[2] or found[4]]
    then = today - timedelta(days=days)
    if days < 7:
        return _day(then)
    return then - timedelta(days=_SPAN_DAYS), then + timedelta(days=_SPAN_DAYS + 1)


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
            yield _Time(word, tuple(_month(date(year, MONTHS[word], 1)) for year in years), is_exact)
        elif word in WEEKDAYS:
            last = _last_weekday(WEEKDAYS[word], today)
            yield _Time(word, tuple(_day(last - timedelta(weeks=weeks)) for weeks in range(_WEEKS)), is_exact=False)
        elif _YEAR.fullmatch(word):
            yield _Time(word, (_year(int(word)),))
        elif months and (found := _DAY.fullmatch(word)):
            written = [_written(year, month, int(found[1])) for year in years for month in months]
            if days := tuple(day for day in written if day is not None):
                yield _Time(word, days, bool(named_years))
