"""Times that are told from today: "two weeks ago", « l'été dernier », "lately"; in two languages, as days."""
# ruff: noqa: E501 - a pattern reads best in one line

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

Days = tuple[date, date]  # the first one, and the first one after it

_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2, "a few": 3, "few": 3, "several": 4, "un": 1, "une": 1, "deux": 2,
    "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12,
    "quinze": 15, "quelques": 3, "plusieurs": 4,
}  # fmt: skip
_ABOUT = frozenset({"a couple of", "a few", "few", "several", "quelques", "plusieurs"})
_COUNT = rf"(\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_UNITS = {
    "day": 1, "days": 1, "jour": 1, "jours": 1, "week": 7, "weeks": 7, "semaine": 7, "semaines": 7,
    "month": 30, "months": 30, "mois": 30, "year": 365, "years": 365, "an": 365, "ans": 365, "annee": 365, "annees": 365,
}  # fmt: skip
_EN, _FR = r"(days?|weeks?|months?|years?)", r"(jours?|semaines?|mois|ans?|annees?)"
_AGO = re.compile(rf"\b(?:{_COUNT} {_EN} ago|il y a {_COUNT} {_FR})\b")
_PAST = re.compile(
    rf"\b(?:(?:the |these )?(?:last|past) (?:{_COUNT} )?{_EN}|(?:les |ces )?(?:{_COUNT} )?dernier(?:e?s) {_FR})\b"
)
LATELY_DAYS = 14
# "Two weeks ago" is rarely exact, "a year ago" less so: a share of the time, and some days.
_SPAN_DAYS, _SPAN_SHARE = 3, 0.12
_SEASONS = {
    "spring": 3, "printemps": 3, "summer": 6, "ete": 6, "autumn": 9, "fall": 9, "automne": 9, "winter": 12, "hiver": 12
}  # fmt: skip
_SEASON = "|".join(_SEASONS)
_LAST_SEASON = re.compile(rf"\b(?:last ({_SEASON})|(?:l |le |au )?({_SEASON}) (?:dernier|passe))\b")
_THIS_SEASON = re.compile(rf"\b(?:this ({_SEASON})|(?:cet?|cette) ({_SEASON}))\b")


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


def _last_weekend(today: date) -> Days:
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(days=2), monday


def _this_weekend(today: date) -> Days:
    saturday = today - timedelta(days=today.weekday()) + timedelta(days=5)
    return saturday, saturday + timedelta(days=2)


_OF_THE_DAY = r"(?: (?:morning|afternoon|evening|night|soir|matin|apres midi|midi))?"
_PLAIN: tuple[tuple[str, Callable[[date], Days]], ...] = (
    (rf"(?:the day before yesterday|avant hier){_OF_THE_DAY}", lambda today: day_of(today - timedelta(days=2))),
    (rf"(?:yesterday|hier){_OF_THE_DAY}|last night|la nuit derniere", lambda today: day_of(today - timedelta(days=1))),
    (r"(?:earlier )?today|aujourd hui|this (?:morning|afternoon|evening)|tonight|ce (?:matin|midi|soir)|cet apres midi", day_of),
    (r"last week ?end|(?:le )?week ?end (?:dernier|passe)", _last_weekend),
    (r"(?:the )?week ?end before last", lambda today: _last_weekend(today - timedelta(days=7))),
    (r"(?:the )?week before last|(?:l )?avant derniere semaine", lambda today: week_of(today - timedelta(days=14))),
    (r"(?:an|one|two|a few|\d\d?) (?:hours?|minutes?) ago|il y a (?:une|deux|quelques|\d\d?) (?:heures?|minutes?)", day_of),
    (r"this week ?end|ce week ?end", _this_weekend),
    (r"(?:the )?(?:last|past) week|(?:la )?semaine (?:derniere|passee)", lambda today: week_of(today - timedelta(days=7))),
    (r"(?:earlier )?this week|cette semaine", week_of),
    (r"(?:the )?(?:last|past) month|(?:le )?mois (?:dernier|passe)", lambda today: month_of(today.replace(day=1) - timedelta(days=1))),
    (r"(?:earlier )?this month|ce mois ci|ce mois", month_of),
    (r"(?:the )?(?:last|past) year|l an(?:nee)? (?:dernier|derniere|passee?)", lambda today: year_of(today.year - 1)),
    (r"(?:earlier )?this year|cette annee", lambda today: year_of(today.year)),
    (
        r"recently|lately|recemment|dernierement|ces (?:derniers )?temps(?: ci)?|these days|ces jours ci|the other day|l autre jour",
        lambda today: (today - timedelta(days=LATELY_DAYS), today + timedelta(days=1)),
    ),
)  # fmt: skip


def relative_times(plain: str, today: date) -> Iterator[tuple[re.Match[str], Days]]:
    """Yield what is told from `today` in a text of small letters without accents and signs, which may overlap."""
    for pattern in (_AGO, _PAST, _LAST_SEASON, _THIS_SEASON):
        for found in pattern.finditer(plain):
            if (days := _READ[pattern](found, today)) is not None:
                yield found, days
    for words, days_of in _PLAIN:
        for found in re.finditer(rf"\b(?:{words})\b", plain):
            yield found, days_of(today)


def _counted(found: re.Match[str]) -> tuple[int, str, bool] | None:
    """Return how many units, of which, and whether that is only about; None for a number that is none."""
    count, unit = next((found[place], found[place + 1]) for place in (1, 3) if found[place + 1] is not None)
    number = 1 if count is None else int(count) if count.isdigit() else _COUNTS[count]
    return (number, unit, count in _ABOUT) if number else None


def _ago(found: re.Match[str], today: date) -> Days | None:
    if (counted := _counted(found)) is None:
        return None
    number, unit, is_about = counted
    days = min(number * _UNITS[unit], 36_500)
    then = today - timedelta(days=days)
    if days < 7 and not is_about:
        return day_of(then)
    around = timedelta(days=max(_SPAN_DAYS, round(days * (0.5 if is_about else _SPAN_SHARE))))
    return then - around, min(then + around, today) + timedelta(days=1)


def _past(found: re.Match[str], today: date) -> Days | None:
    counted = _counted(found)
    has_number = found[1] is not None or found[3] is not None
    if counted is None or (not has_number and not found[0].endswith("s")):
        return None  # "last week" is the one before this one
    number, unit, _ = counted
    days = (number if has_number else 3) * _UNITS[unit]
    return today - timedelta(days=min(days, 36_500)), today + timedelta(days=1)


def _last_season(found: re.Match[str], today: date) -> Days:
    month = _SEASONS[found[1] or found[2]]
    ends = (_season(year, month) for year in range(today.year, today.year - 3, -1))
    return next(season for season in ends if season[1] <= today)


def _this_season(found: re.Match[str], today: date) -> Days:
    month = _SEASONS[found[1] or found[2]]
    begun = (_season(year, month) for year in range(today.year, today.year - 2, -1))
    return next(season for season in begun if season[0] <= today)


def _season(year: int, month: int) -> Days:
    """Return three months; of winter those that begin in the December before."""
    first = date(year - 1 if month == 12 else year, month, 1)
    return first, (first + timedelta(days=95)).replace(day=1)


_READ: dict[re.Pattern[str], Callable[[re.Match[str], date], Days | None]] = {
    _AGO: _ago, _PAST: _past, _LAST_SEASON: _last_season, _THIS_SEASON: _this_season
}  # fmt: skip
