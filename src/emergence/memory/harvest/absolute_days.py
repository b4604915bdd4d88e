"""“Tomorrow” and “on Monday”, which are wrong the day after, as the days that were meant when they were said."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from emergence.memory.harvest.dates import COUNT, MONTH_NAMES, WEEKDAY, day_of, shown_day
from emergence.memory.question.words import Language, folded

_NEAR: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        rf"(?P<before>\b(?:on|by|until|till|before|after|from|since|for|starting) )?\b"
        rf"(?P<day>the day after tomorrow|the day before yesterday|tomorrow|today|tonight|yesterday|this (?=morning|"
        rf"afternoon|evening)|in {COUNT} (?:days?|weeks?)\b) ?(?P<part>morning|afternoon|evening|night)?\b(?!'s)",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        rf"(?P<before>\b(?:pour|avant|après|dès|depuis|d'ici|jusqu'à|à partir de) )?\b"
        rf"(?P<day>après-demain|avant-hier|demain|aujourd'hui|hier|(?:ce|cet) (?=soir|matin|après-midi)|"
        rf"dans {COUNT} (?:jours?|semaines?)\b) ?(?P<part>matin|après-midi|soir)?\b",
        re.IGNORECASE,
    ),
}
# A weekday that stands for itself may be every one: « le mardi », “Monday is washing day”.
_WEEKDAY: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        rf"\b(?P<before>(?:on|by|until|till|before|after|from|since|for|starting)(?= ))? ?"
        rf"(?P<which>\b(?:this coming|this|next) )?\b(?P<day>{WEEKDAY['en']})\b(?!'s|-| \d)"
        rf"(?: (?P<part>morning|afternoon|evening|night)\b)?",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        rf"(?P<before>\b(?:pour|avant|après|dès|depuis|d'ici) )?(?P<which>\b(?:ce|le|chaque|tous les|un|les) )?"
        rf"\b(?P<day>(?:{WEEKDAY['fr']})\b(?P<next> prochain)?)(?! \d| c'est| est\b)"
        rf"(?: (?P<part>matin|après-midi|soir)\b)?",
        re.IGNORECASE,
    ),
}
_PARTS = {
    "morning": " in the morning", "afternoon": " in the afternoon", "evening": " in the evening", "night": " at night",
    "matin": " au matin", "après-midi": " dans l’après-midi", "soir": " au soir",
}  # fmt: skip
_CONTRACTED = {"jusqu'à le": "jusqu'au", "à partir de le": "à partir du", "d'ici le": "d'ici au"}
_OFFSETS = {"the day before yesterday": -2, "avant-hier": -2, "yesterday": -1, "hier": -1, "this": 0, "ce": 0, "cet": 0}
_SPAN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:this|next) (?:week|month|year)\b(?!'s| day)", re.IGNORECASE),
    "fr": re.compile(
        r"\b(?:cette semaine|ce mois-ci|cette année|(?:la |le |l')(?:semaine|mois|an|année) prochaine?)\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Dated:
    """Words that stay true, and noon (UTC) of the first day that they name; None: they name none."""

    words: str
    day: datetime | None


def dated(words: str, said_at: datetime, language: Language) -> Dated:
    """Return words with the days, weeks, months and years that they meant."""
    days: list[datetime] = []

    def in_place(found: re.Match[str]) -> str:
        if (day := _day(found, said_at, language)) is None:
            return found[0]
        days.append(day)
        return _shown(found, day, language)

    for pattern in (_NEAR[language], _WEEKDAY[language]):
        words = pattern.sub(in_place, words)
    words = _SPAN[language].sub(lambda found: _span(found, said_at, language), words)
    return Dated(words[:1].upper() + words[1:], days[0] if days else None)


def _day(found: re.Match[str], said_at: datetime, language: Language) -> datetime | None:
    which = (found.groupdict().get("which") or "").strip().lower()
    if found.re is _WEEKDAY["en"] and not (found["before"] or which):
        return None
    if found.re is _WEEKDAY["fr"] and (
        which in ("chaque", "tous les", "les", "un") or (which == "le" and not found["next"]) or found.start() == 0
    ):
        return None
    said = found["day"].strip().lower()
    if said in _OFFSETS:
        return _noon(said_at) + timedelta(days=_OFFSETS[said])
    return day_of(f"{which} {said}" if language == "en" else said, said_at)


def _shown(found: re.Match[str], day: datetime, language: Language) -> str:
    weekday = found["day"].split()[0] + " " if found.re is _WEEKDAY[language] else ""
    part = "evening" if folded(found["day"]) == "tonight" else (found["part"] or "").lower()
    before = (found["before"] or "").strip()
    if language == "fr":
        before = f"{before} le".strip()
        before = _CONTRACTED.get(before.lower(), before)
    lead = " " if found[0].startswith(" ") else ""
    tail = " " if found[0].endswith(" ") else ""
    return f"{lead}{before or 'on'} {weekday}{shown_day(day, language)}{_PARTS.get(part, '')}{tail}"


def _span(found: re.Match[str], said_at: datetime, language: Language) -> str:
    today = _noon(said_at)
    said = folded(found[0])
    is_next = "next" in said or "prochain" in said
    if "week" in said or "semaine" in said:
        monday = shown_day(today + timedelta(days=1 - today.isoweekday() + 7 * is_next), language)
        return f"in the week of {monday}" if language == "en" else f"la semaine du {monday}"
    in_ = "in" if language == "en" else "en"
    if "month" in said or "mois" in said:
        months = today.year * 12 + today.month - 1 + is_next
        return f"{in_} {MONTH_NAMES[language][months % 12]} {months // 12}"
    return f"{in_} {today.year + is_next}"


def _noon(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
