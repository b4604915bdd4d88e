"""Which languages somebody speaks, learns, or speaks no longer: one fact for each, so that one of them may end."""

import re
from datetime import datetime

from emergence.memory.harvest.drafts import IDENTITY, PLANNED, SELF, Draft, Make, pattern
from emergence.memory.harvest.endings import END_EN, END_FR
from emergence.memory.harvest.lists import all_of
from emergence.memory.harvest.words import LANGUAGES_EN, LANGUAGES_FR
from emergence.memory.store.keep_items import NewFact

_EN, _FR = rf"(?:{LANGUAGES_EN})\b", rf"(?:{LANGUAGES_FR})\b"
_HOW_EN = r"(?:(?:a little|a bit of|some|fluent|native|basic) )"
_HOW_FR = r"(?:un peu (?:de |d')?)"
_WELL_FR = r"(?:aussi |couramment |bien )?"
_ONE = re.compile(rf"(?P<how>{_HOW_EN}|{_HOW_FR})?(?:le |l'|d')?(?P<language>{_EN}|{_FR})", re.IGNORECASE)


def speaks(body: str, predicate: str = "speaks") -> Make:
    """Each language that is named, with how well where that is said."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        return all_of(
            Draft("fact", body.format(one[0]), IDENTITY, fact=NewFact(SELF, predicate, one["language"]))
            for one in _ONE.finditer(found["said"])
        )

    return make


def speaks_no_more(body: str, predicate: str = "speaks", *, denied: bool = False) -> Make:
    """Each language that somebody speaks, or learns, no longer, or never did."""

    def over(one: re.Match[str], said_at: datetime) -> Draft:
        fact = NewFact(SELF, predicate, one["language"], said_at if denied else None, valid_to=said_at)
        return Draft("event", body.format(one["language"]), PLANNED, happened_at=said_at, fact=fact)

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        return all_of(over(one, said_at) for one in _ONE.finditer(found["said"]))

    return make


_SAID_EN = rf"(?P<said>{_HOW_EN}?{_EN}(?:(?:, and|,| and| or) {_HOW_EN}?{_EN})*)"
_SAID_FR = rf"(?P<said>{_HOW_FR}?(?:le |l')?{_FR}(?:(?:, et|,| et| ni| ou) {_HOW_FR}?(?:le |l')?{_FR})*)"
_ANY_MORE = r" (?:any ?more|any longer)"

ENGLISH_LANGUAGES = (
    pattern(rf"i (?:also |can )?speak {_SAID_EN}", speaks("Speaks {}")),
    pattern(rf"i(?:'m| am) (?:fluent in|bilingual in) {_SAID_EN}{END_EN}", speaks("Speaks {}")),
    pattern(rf"(?:my (?:native|first) language|my mother tongue) is {_SAID_EN}{END_EN}", speaks("Speaks {}")),
    pattern(rf"i(?:'m| am) (?:currently |also )?learning {_SAID_EN}{END_EN}", speaks("Is learning {}", "learns")),
    pattern(
        rf"i(?:(?:'m| am) no longer|(?:'ve| have)? (?:stopped|given up|gave up|quit)) learning {_SAID_EN}{END_EN}",
        speaks_no_more("No longer learns {}", "learns"),
    ),
    pattern(
        rf"i (?:no longer speak|(?:don't|do not)(?P<not>) speak) {_SAID_EN}(?(not){_ANY_MORE}){END_EN}",
        speaks_no_more("No longer speaks {}"),
    ),
    pattern(
        rf"i (?:don't|do not) speak {_SAID_EN}(?: at all)?(?! (?:right now|now|today|here|at the moment)){END_EN}",
        speaks_no_more("Does not speak {}", denied=True),
    ),
)
FRENCH_LANGUAGES = (
    pattern(rf"je parle {_WELL_FR}{_SAID_FR}", speaks("Parle {}")),
    pattern(rf"(?:ma langue maternelle(?: est|,? c'est)) {_SAID_FR}{END_FR}", speaks("Parle {}")),
    pattern(rf"j'apprends {_SAID_FR}{END_FR}", speaks("Apprend {}", "learns")),
    pattern(
        rf"(?:je n'apprends plus|j'ai (?:arrêté|cessé) d'apprendre) {_SAID_FR}{END_FR}",
        speaks_no_more("N’apprend plus {}", "learns"),
    ),
    pattern(rf"je ne parle plus {_SAID_FR}(?: du tout)?{END_FR}", speaks_no_more("Ne parle plus {}")),
    pattern(rf"je (?:ne )?parle pas {_SAID_FR}(?: du tout)?{END_FR}", speaks_no_more("Ne parle pas {}", denied=True)),
)
