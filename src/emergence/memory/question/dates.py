"""Days, months and years that a question names, in two languages, as spans of time in the zone of whoever asks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from emergence.memory.question.relative_times import (
    OF_THE_DAY,
    SEASONS,
    Days,
    day_of,
    month_of,
    relative_times,
    season_of,
    year_of,
)
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
} | {  # “été” and “fall” are more often no season
    word: tuple(name for name, other in SEASONS.items() if other == month and name not in ("ete", "fall"))
    for word, month in SEASONS.items()
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


_SHORT = {name[:3]: name for name in list(MONTHS)[:12] if name != "may"} | {
    "sept": "september", "janv": "janvier", "fev": "fevrier", "fevr": "fevrier", "avr": "avril", "juil": "juillet"
}  # fmt: skip
_BEFORE_SHORT = r"in|since|until|till|en|depuis|early|late|mid|fin|debut|mi|(?:le|on) \d\d?|(?:19|20)\d\d"
_SHORT_MONTH = re.compile(
    rf"\b((?:{_BEFORE_SHORT}) )({'|'.join(_SHORT)})\b(?= ?(?:$|\d|and\b|et\b|to\b|a\b))"
    rf"|\b()({'|'.join(_SHORT)})(?= (?:19|20)\d\d\b)"
)

# Days of a month, with a margin: the first one, and the first one after.
_PARTS = {
    "early": (0, 12), "begin": (0, 12), "start": (0, 12), "debut": (0, 12), "mi": (8, 22), "courant": (0, 31),
    "first": (0, 12), "premi": (0, 12), "last": (18, 31), "derni": (18, 31),
    "late": (18, 31), "end": (18, 31), "fin": (18, 31),
}  # fmt: skip
_PART = (
    r"\b(early|late|mid|middle of|beginning of|start of|end of|debut|fin|milieu|mi|courant"
    r"|(?:first|last) (?:days|week) of|(?:premiers|derniers) jours|(?:premiere|derniere) semaine)"
)
_PART_OF_MONTH = re.compile(rf"{_PART}(?: the month of| du mois)?(?: de| d| of)? ({'|'.join(MONTHS)})\b")
_PART_OF_LAST_MONTH = re.compile(rf"{_PART} (?:last month|du mois (?:dernier|passe))\b")
_LAST_WEEKDAY = re.compile(rf"\b(?:last ({'|'.join(WEEKDAYS)})|({'|'.join(WEEKDAYS)}) (?:dernier|passe)){OF_THE_DAY}\b")
_WEEKDAY_BEFORE = re.compile(rf"\b(?:the )?({'|'.join(WEEKDAYS)}) before last\b")
# What is told of a day or month and changes nothing.
_BESIDE = (
    re.compile(rf"\b({'|'.join(WEEKDAYS)}){OF_THE_DAY}\b"),
    re.compile(rf"\b({'|'.join(MONTHS)}) (?:dernier|passe)\b"),
)
_SEASON_NAMES = "|".join(SEASONS)
_BEFORE_SEASONS = (
    "in", "in the", "during the", "over the", "since", "since the", "before", "before the", "after", "after the",
    "until", "until the", "early", "late", "en", "au", "l", "le",
)  # fmt: skip
_OF_SEASONS = "|".join(rf"(?<=\b{before} )" for before in _BEFORE_SEASONS)
_SEASON = re.compile(
    rf"\b(?:(?P<dated>{_SEASON_NAMES})(?: of| de)? (?P<year>(?:19|20)\d\d)"
    rf"|(?:{_OF_SEASONS})(?<!\bsur l )(?<!\bsur le )(?P<bare>{_SEASON_NAMES}))\b"
)
_CHRISTMAS = re.compile(
    r"\b(?:(?:at|over|last) christmas|(?:a )?noel dernier|(?<!dit )a noel"
    r"|(?:(?<=\bbefore )|(?<=\bafter )|(?<=\bsince ))christmas|(?:(?<=\bavant )|(?<=\bapres )|(?<=\bdepuis ))noel)\b"
)
_DAY_ALONE = re.compile(r"\b(?:on the (\d\d?)(?:st|nd|rd|th)|le (\d\d?))$")
_DAY_AND_MONTH = re.compile(r"(?<=\ble |\bon )(\d\d?) (\d\d?)$")
_ISO = re.compile(r"\b((?:19|20)\d\d) (\d\d) (\d\d)\b")
_NUMBERED = re.compile(r"\b(\d\d?) (\d\d?) ((?:19|20)\d\d)\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_MONTHS = frozenset(
    words_of(
        "in on of since until till before after last this next early late mid during by from between and to around"
    )
)
_DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th|er)?")
_ORDINALS = {
    name: number
    for number, name in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh"), start=1)
} | {"premier": 1}


def named_times(question: str, now: datetime, *, is_of_talk: bool = False) -> tuple[list[NamedTime], str]:
    """Return the first times that a question names, and its words without the relative ones ("last week").

    `now` is read in its own zone, in which days begin. `is_of_talk` where it is asked what was talked about: what
    somebody does in summer, or on Monday evening, is looked for by its words.
    """
    plain = " ".join(re.findall(r"[^\W_]+", folded(question)))
    plain = _SHORT_MONTH.sub(lambda found: (found[1] or "") + _SHORT[found[2] or found[4]], plain)
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
    take(_DAY_AND_MONTH, lambda found: _last_day(today, int(found[1]), int(found[2])))
    if is_of_talk:
        take(_DAY_ALONE, lambda found: _last_day(today, int(found[1] or found[2])))
    take(_PART_OF_LAST_MONTH, lambda found: _part(found[1], month_of(today.replace(day=1) - timedelta(days=1))))
    named_years = [int(year) for year in dict.fromkeys(re.findall(r"\b(?:19|20)\d\d\b", plain))][:MOST_TIMES]
    years = range(today.year - _YEARS, today.year + 1)
    for found in list(_PART_OF_MONTH.finditer(plain)):
        months = (month_of(date(year, MONTHS[found[2]], 1)) for year in named_years or years)
        note(found, tuple(_part(found[1], month) for month in months), is_exact=bool(named_years))
    for found, days in relative_times(plain, now, is_of_talk=is_of_talk):
        if plain[found.start() : found.end()] == found[0]:  # else it is part of a longer one
            note(found, (days,))
    for found in list(_SEASON.finditer(plain)):
        if found["bare"] and not is_of_talk:
            continue
        month, year = SEASONS[found["dated"] or found["bare"]], found["year"]
        begin = [int(year) + (month == 12)] if year else range(today.year - _YEARS, today.year + 2)
        note(found, tuple(season_of(each, month) for each in begin), is_exact=bool(year))
    for found in list(_CHRISTMAS.finditer(plain) if is_of_talk else ()):
        note(found, tuple((date(year, 12, 20), date(year, 12, 28)) for year in years), is_exact=False)
    take(_WEEKDAY_BEFORE, lambda found: day_of(_last_weekday(WEEKDAYS[found[1]], today) - timedelta(days=7)))
    take(_LAST_WEEKDAY, lambda found: day_of(_last_weekday(WEEKDAYS[found[1] or found[2]], today)))
    for beside in _BESIDE if is_of_talk else ():
        plain = beside.sub(r"\1", plain)
    plain = " ".join(plain.split())
    times += _calendar(plain.split(), today)
    times = list({each.shown: each for each in times}.values())[:MOST_TIMES]
    return [NamedTime(each.shown, _in_zone(each.days, now), each.is_exact) for each in times], plain


def names_of(time: str) -> tuple[str, ...]:
    """Return what a month, a day of the week or a season is called in both languages; nothing for other times."""
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


def _last_day(today: date, day: int, month: int | None = None) -> Days | None:
    """Return the last day of that number, of that month where one is named."""
    if month is not None and month > 12:
        day, month = month, day
    for back in range(12 * 9):
        index = today.year * 12 + today.month - 1 - back
        if month is not None and index % 12 + 1 != month:
            continue
        written = _written(index // 12, index % 12 + 1, day)
        if written is not None and written[0] <= today:
            return written
    return None


def _part(words: str, month: Days) -> Days:
    """Return the beginning, the middle or the end of a month."""
    first, last = _PARTS[next(word for word in _PARTS if words.startswith(word))]
    begins, ends = month
    return begins + timedelta(days=first), min(begins + timedelta(days=last), ends)


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
    first_place = {word: place for place, word in reversed(list(enumerate(words)))}
    for word in dict.fromkeys(words):
        if word in MONTHS:
            is_exact = bool(named_years)
            yield _Time(word, tuple(month_of(date(year, MONTHS[word], 1)) for year in years), is_exact)
        elif word in WEEKDAYS:
            last = today if today.isoweekday() == WEEKDAYS[word] else _last_weekday(WEEKDAYS[word], today)
            yield _Time(word, tuple(day_of(last - timedelta(weeks=weeks)) for weeks in range(_WEEKS)), is_exact=False)
        elif _YEAR.fullmatch(word):
            yield _Time(word, (year_of(int(word)),))
        elif months and (number := _day_number(word, words[first_place[word] + 1 :][:2])):
            written = [_written(year, month, number) for year in years for month in months]
            if days := tuple(day for day in written if day is not None):
                yield _Time(word, days, bool(named_years))


def _day_number(word: str, following: Sequence[str]) -> int | None:
    """Return the day of a month that a word is: “3rd”, “first” of “the first of March”."""
    if found := _DAY.fullmatch(word):
        return int(found[1])
    named = following[1:2] if following[:1] == ["of"] else following[:1]
    return _ORDINALS.get(word) if any(each in MONTHS for each in named) else None
