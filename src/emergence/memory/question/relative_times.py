"""Times that are told from today: "two weeks ago", « l'été dernier », "lately"; in two languages, as days."""
# ruff: noqa: E501 - a pattern reads best in one line

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

Days = tuple[date, date]  # the first one, and the first one after it

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
)  # fmt: skip
_COUNTS = {word: number for words in _NUMBERS for number, word in enumerate(words.split(), start=1)} | {
    "a": 1, "an": 1, "une": 1, "vingt": 20, "thirty": 30, "trente": 30, "forty": 40, "quarante": 40,
    "une dizaine de": 10, "une quinzaine de": 14, "une vingtaine de": 20, "une trentaine de": 30,
    "a couple of": 2, "a couple": 2, "a few": 3, "few": 3, "some": 3, "several": 4, "quelques": 3, "plusieurs": 4,
}  # fmt: skip
_ABOUT = frozenset({"a couple of", "a couple", "a few", "few", "some", "several", "quelques", "plusieurs"})
_COUNT = rf"(\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_UNITS = {
    "day": 1, "days": 1, "jour": 1, "jours": 1, "week": 7, "weeks": 7, "semaine": 7, "semaines": 7,
    "month": 30, "months": 30, "mois": 30, "year": 365, "years": 365, "an": 365, "ans": 365, "annee": 365, "annees": 365,
}  # fmt: skip
_EN, _FR = r"(days?|weeks?|months?|years?)", r"(jours?|semaines?|mois|ans?|annees?)"
_ROUGHLY = rf"(?:(?:about|around|roughly|environ|a peu pres|a) )?(?:{_COUNT.replace('(', '(?:', 1)} (?:or|ou) )?"
_AGO = re.compile(
    rf"\b(?:{_ROUGHLY}{_COUNT} {_EN}(?: and a half)? (?:ago|back)"
    rf"|(?:il )?y ?a {_ROUGHLY}{_COUNT} {_FR}(?: et demie?)?(?: environ)?)\b"
)
_HOURS_AGO = re.compile(
    rf"\b(?:{_ROUGHLY}(?:{_COUNT}|half an) (?:hour|minute)s? ago|(?:il )?y ?a {_ROUGHLY}(?:{_COUNT}|une demi) (?:heure|minute)s?)\b"
)
_PAST = re.compile(
    rf"\b(?:(?:the |these )?(?:last|past|recent) (?:{_COUNT} )?{_EN}"
    rf"|(?:(?:au cours (?:du|de la) derniere?|(?:au cours des |les |ces )?(?:{_COUNT} )?derniere?s) {_FR}))\b"
)
LATELY_DAYS = 14
# "Two weeks ago" is rarely exact, "a year ago" less so: a share of the time, and some days.
_SPAN_DAYS, _SPAN_SHARE = 3, 0.12
SEASONS = {
    "spring": 3, "printemps": 3, "summer": 6, "ete": 6, "autumn": 9, "fall": 9, "automne": 9, "winter": 12, "hiver": 12
}  # fmt: skip
_SEASON = "|".join(SEASONS)
_LAST_SEASON = re.compile(rf"\b(?:last ({_SEASON})|(?:l |le |au )?({_SEASON}) (?:dernier|passe))\b")
_THIS_SEASON = re.compile(rf"\b(?:this ({_SEASON})|(?:cet?|cette) ({_SEASON}))\b")
_YEARS_AGO = 20  # where "a long time ago" begins


def day_of(day: date) -> Days:
    """Return one day."""
    return day, day + timedelta(days=1)


def week_of(day: date) -> Days:
    """Return the week of a day, from Monday on."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def month_of(day: date) -> Days:
    """Return the month of a day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def year_of(year: int) -> Days:
    """Return a year."""
    return date(year, 1, 1), date(year + 1, 1, 1)


def season_of(year: int, month: int) -> Days:
    """Return three months; of winter those that begin in the December before."""
    first = date(year - 1 if month == 12 else year, month, 1)
    return first, (first + timedelta(days=95)).replace(day=1)


def _days_back(days: int) -> Callable[[date], Days]:
    return lambda today: day_of(today - timedelta(days=days))


def _weekend_back(weekends: int) -> Callable[[date], Days]:
    """Return a reading of the weekend that is or was last, or of one before; of one to come nothing was said yet."""

    def weekend(today: date) -> Days:
        saturday = today - timedelta(days=(today.weekday() - 5) % 7, weeks=weekends)
        return saturday, saturday + timedelta(days=2)

    return weekend


def _last_weekend(today: date, *, before: int = 0) -> Days:
    return _weekend_back(before + (today.weekday() >= 5))(today)


def _month_back(months: int) -> Callable[[date], Days]:
    def month(today: date) -> Days:
        index = today.year * 12 + today.month - 1 - months
        return month_of(date(index // 12, index % 12 + 1, 1))

    return month


def _until_today(days: int) -> Callable[[date], Days]:
    return lambda today: (today - timedelta(days=days), today + timedelta(days=1))


def _between(first: int, last: int) -> Callable[[date], Days]:
    return lambda today: (today - timedelta(days=first), today - timedelta(days=last))


OF_THE_DAY = r"(?: (?:in the |au |dans la |a )?(?:morning|afternoon|evening|night|noon|midnight|soiree|soir|matinee|matin|apres midi|midi|minuit|nuit))?"
_BEGINS = r"(?:(?:le |the )?(?:beginning|start|debut) (?:of |de )(?:the |la |l |this |cette )?)"
_WEEKEND = r"week ?ends?"
_PLAIN: tuple[tuple[str, Callable[[date], Days]], ...] = (
    (rf"(?:the day before yesterday|avant hier){OF_THE_DAY}|(?:the )?night before last", _days_back(2)),
    (rf"(?:yesterday|hier){OF_THE_DAY}|last night|la nuit derniere", _days_back(1)),
    (
        rf"(?:earlier )?(?:today|aujourd hui){OF_THE_DAY}|(?:earlier )?this (?:morning|afternoon|evening)|tonight|ce (?:matin|midi|soir)|cett?e? apres midi"
        r"|just now|tout a l heure|tantot|a l instant",
        day_of,
    ),
    (r"cette nuit", _until_today(1)),
    (rf"(?:the )?{_WEEKEND} before last|(?:l )?avant dernier {_WEEKEND}", lambda today: _last_weekend(today, before=1)),
    (rf"(?:the |this )?(?:last|past) {_WEEKEND}|(?:le )?{_WEEKEND} (?:dernier|passe)", _last_weekend),
    (rf"this {_WEEKEND}|ce {_WEEKEND}", _weekend_back(0)),
    (r"(?:the )?week before last|(?:l )?avant derniere semaine", lambda today: week_of(today - timedelta(days=14))),
    (r"(?:the )?month before last|(?:l )?avant dernier mois", _month_back(2)),
    (r"(?:the )?year before last|(?:l )?avant derniere annee", lambda today: year_of(today.year - 2)),
    (r"(?:the )?(?:last|past) week|(?:la )?semaine (?:derniere|passee)", lambda today: week_of(today - timedelta(days=7))),
    (r"(?:earlier )?this week|earlier in the week|(?:plus tot )?cette semaine|plus tot dans la semaine", week_of),
    (rf"{_BEGINS}(?:week|semaine)", week_of),
    (r"(?:the )?(?:last|past) month|(?:le )?mois (?:dernier|passe)", _month_back(1)),
    (r"(?:earlier )?this month|ce mois ci|ce mois", month_of),
    (rf"{_BEGINS}month(?! of)|(?:le )?debut du mois(?! (?:de|d|dernier|passe)\b)", month_of),
    (r"(?:the )?(?:last|past) year|l an(?:nee)? (?:dernier|derniere|passee?)", lambda today: year_of(today.year - 1)),
    (rf"(?:earlier )?this year|cette annee|{_BEGINS}(?:year|annee)", lambda today: year_of(today.year)),
    (r"(?:a )?fortnight ago", _between(17, 10)),
    (
        r"recently|lately|recemment|dernierement|ces (?:derniers )?temps(?: ci)?|these days|ces jours ci|the other (?:day|night|evening)|l autre (?:jour|soir)"
        r"|(?:not|it isn t) (?:so |that )?long ago|il n y a pas (?:si |tres )?longtemps|(?:il )?y a peu(?: de temps)?|(?:il )?y a pas longtemps|l autre fois",
        _until_today(LATELY_DAYS),
    ),
)  # fmt: skip
# Of what was talked about these are times; of what somebody does in the morning, or on the weekend, they are what is asked.
_OF_TALK: tuple[tuple[str, Callable[[date], Days]], ...] = (
    (r"dans la (?:matinee|soiree)|in the (?:morning|afternoon|evening)", day_of),
    (rf"(?:over|at|on|during) the {_WEEKEND}|(?:pendant |durant )?le {_WEEKEND}", _weekend_back(0)),
    (r"(?:la )?derniere semaine(?! d)", lambda today: week_of(today - timedelta(days=7))),
    (r"all week|toute la semaine|the whole week", week_of),
    (r"all month|tout le mois(?! d)", month_of),
    (r"all year|toute l annee", lambda today: year_of(today.year)),
    (r"(?:a )?(?:very |really )?long (?:time|while) ago|ages ago|(?:il )?y a (?:tres |bien )?longtemps", _between(365 * _YEARS_AGO, 90)),
    (r"(?:a|some) (?:while|time) (?:ago|back)|(?:il )?y a (?:un (?:bon )?moment|quelque temps|un certain temps)", _between(365, 7)),
)  # fmt: skip


def relative_times(plain: str, now: datetime, *, is_of_talk: bool) -> Iterator[tuple[re.Match[str], Days]]:
    """Yield what is told from `now` in a text of small letters without accents and signs, which may overlap.

    `is_of_talk` where the text asks what was talked about: only then “in the morning” is a time.
    """
    for found in _HOURS_AGO.finditer(plain):
        if (hours := _hours(found)) is not None:
            yield found, ((now - timedelta(hours=hours)).date(), now.date() + timedelta(days=1))
    today = now.date()
    for pattern, read in _READ.items():
        for found in pattern.finditer(plain):
            if (days := read(found, today)) is not None:
                yield found, days
    for words, days_of in (*_PLAIN, *(_OF_TALK if is_of_talk else ())):
        for found in re.finditer(rf"\b(?:{words})\b", plain):
            yield found, days_of(today)


def _hours(found: re.Match[str]) -> float | None:
    count = _number(found[1] or found[2])
    if count is None or count > 72:
        return None
    return count / 60 if "minute" in found[0] else count


def _number(count: str | None) -> int | None:
    """Return a number; None for one that is none."""
    return 1 if count is None else int(count) or None if count.isdigit() else _COUNTS[count]


def _counted(found: re.Match[str]) -> tuple[float, str, bool] | None:
    """Return how many units, of which, and whether that is only about; None for a number that is none."""
    count, unit = next((found[place], found[place + 1]) for place in (1, 3) if found[place + 1] is not None)
    number = _number(count)
    if number is None:
        return None
    half = 0.5 if re.search(r" and a half| et demie?\b", found[0]) else 0
    return number + half, unit, count in _ABOUT or re.search(r" (?:or|ou) ", found[0]) is not None


def _ago(found: re.Match[str], today: date) -> Days | None:
    if (counted := _counted(found)) is None:
        return None
    number, unit, is_about = counted
    days = min(round(number * _UNITS[unit]), 36_500)
    then = today - timedelta(days=days)
    if days < 7 and not is_about:
        return day_of(then)
    around = timedelta(days=max(_SPAN_DAYS, round(days * (0.5 if is_about else _SPAN_SHARE))))
    return then - around, min(then + around, today) + timedelta(days=1)


def _past(found: re.Match[str], today: date) -> Days | None:
    counted = _counted(found)
    has_number = found[1] is not None or found[3] is not None
    is_many = re.search(r"(?:days|weeks|months|years)$|derniere?s", found[0]) is not None
    if counted is None or (found[2] and not has_number and not is_many):
        return None  # "last week" is the one before this one
    number, unit, _ = counted
    days = (number if has_number or not is_many else 3) * _UNITS[unit]
    return today - timedelta(days=min(round(days), 36_500)), today + timedelta(days=1)


def _last_season(found: re.Match[str], today: date) -> Days:
    month = SEASONS[found[1] or found[2]]
    ends = (season_of(year, month) for year in range(today.year, today.year - 3, -1))
    return next(season for season in ends if season[1] <= today)


def _this_season(found: re.Match[str], today: date) -> Days:
    month = SEASONS[found[1] or found[2]]
    begun = (season_of(year, month) for year in range(today.year + 1, today.year - 2, -1))
    return next(season for season in begun if season[0] <= today)


_READ: dict[re.Pattern[str], Callable[[re.Match[str], date], Days | None]] = {
    _AGO: _ago, _PAST: _past, _LAST_SEASON: _last_season, _THIS_SEASON: _this_season
}  # fmt: skip
