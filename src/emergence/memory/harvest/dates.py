"""The day that a statement names, in two languages, seen from when it was said."""

import re
from datetime import UTC, datetime, timedelta

from emergence.memory.question.dates import MONTHS, WEEKDAYS
from emergence.memory.question.words import Language, folded

_NUMBERS = {
    name: number
    for names in (
        "one two three four five six seven eight nine ten",
        "un deux trois quatre cinq six sept huit neuf dix",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"a": 1, "an": 1, "une": 1}
_EN_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_FR_MONTH = "janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre"
WEEKDAY: dict[Language, str] = {
    "en": "monday|tuesday|wednesday|thursday|friday|saturday|sunday",
    "fr": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
}
COUNT = r"(?:\d{1,2}|" + "|".join(_NUMBERS) + ")"

# What a date looks like inside a larger pattern; `day_of` reads it.
DATE: dict[Language, str] = {
    "en": rf"(?:(?:on |by |this |next |this coming )?(?:the )?"
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_EN_MONTH})(?:,? \d{{4}})?"
    rf"|(?:{_EN_MONTH}) (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|(?:{WEEKDAY['en']}))"
    rf"|the day after tomorrow|tomorrow|today|tonight|in {COUNT} (?:days?|weeks?))\b",
    "fr": rf"(?:(?:pour |ce |d'ici )?(?:le |ce )?"
    rf"(?:\d{{4}}-\d\d-\d\d|\d\d?/\d\d?/\d{{4}}|(?:(?:{WEEKDAY['fr']}) )?(?:1er|\d{{1,2}}) (?:{_FR_MONTH})(?: \d{{4}})?"
    rf"|(?:{WEEKDAY['fr']})(?: prochain)?)"
    rf"|apr[eè]s-demain|demain|aujourd'hui|ce soir|dans {COUNT} (?:jours?|semaines?))\b",
}
MONTH_NAMES: dict[Language, list[str]] = {
    "en": "January February March April May June July August September October November December".split(),  # noqa: SIM905
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),  # noqa: SIM905
}


def day_of(words: str, said_at: datetime) -> datetime | None:
    """Return noon (UTC, so that it is the same day nearly everywhere) of the day that `words` name; None: no such day.

    A day without a year, and a weekday, is the next one.
    """
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th|er)\b", "", folded(words))
    today = said_at.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    if (near := _near(plain, today)) is not None:
        return near
    if (iso := re.search(r"(\d{4})-(\d\d)-(\d\d)", plain)) is not None:
        return _calendar_day(int(iso[1]), int(iso[2]), int(iso[3]))
    if (slashes := re.search(r"(\d\d?)/(\d\d?)/(\d{4})", plain)) is not None:
        return _calendar_day(int(slashes[3]), int(slashes[2]), int(slashes[1]))
    return _named_day(plain, today)


def shown_day(day: datetime, language: Language) -> str:
    """Return a day as a person reads it."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {MONTH_NAMES[language][day.month - 1]} {day.year}"


def _near(plain: str, today: datetime) -> datetime | None:
    if re.search(r"the day after tomorrow|apres-demain", plain):
        return today + timedelta(days=2)
    if re.search(r"tomorrow|\bdemain", plain):
        return today + timedelta(days=1)
    if re.search(r"\b(?:today|tonight|aujourd'hui|ce soir)\b", plain):
        return today
    if (later := re.search(rf"\b(?:in|dans) ({COUNT}) (day|week|jour|semaine)", plain)) is not None:
        count = int(later[1]) if later[1].isdigit() else _NUMBERS[later[1]]
        return today + timedelta(days=count * (7 if later[2] in ("week", "semaine") else 1))
    return None


def _named_day(plain: str, today: datetime) -> datetime | None:
    words = re.findall(r"[a-z]+|\d+", plain)
    month = next((MONTHS[word] for word in words if word in MONTHS), None)
    numbers = [int(word) for word in words if word.isdigit()]
    if month is not None and numbers:
        day = next((number for number in numbers if number <= 31), 0)
        year = next((number for number in numbers if number > 31), None)
        if year is not None:
            return _calendar_day(year, month, day)
        this_year = _calendar_day(today.year, month, day)
        if this_year is None or this_year < today:
            return _calendar_day(today.year + 1, month, day)
        return this_year
    weekday = next((WEEKDAYS[word] for word in words if word in WEEKDAYS), None)
    if weekday is None:
        return None
    if words[0] == "next":  # English: not the coming one, the one of next week
        return today + timedelta(days=7 - today.isoweekday() + weekday)
    return today + timedelta(days=(weekday - today.isoweekday() - 1) % 7 + 1)


def _calendar_day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, 12, tzinfo=UTC)
    except ValueError:
        return None
