"""In French the words before a place are part of how it reads: « au Mans », « aux Lilas », « en Bretagne »."""

import re
from dataclasses import replace
from datetime import datetime

from emergence.memory.harvest.drafts import IDENTITY, PLANNED, SELF, Draft, Make, trimmed
from emergence.memory.harvest.words import COMPUTING, NOT_NAMES, PLACE
from emergence.memory.question.words import folded
from emergence.memory.store.concepts import NewConcept
from emergence.memory.store.keep_items import NewFact

# Where somebody is, and where they are from.
AT = (
    rf"(?P<before>(?i:près de la |près de l'|près de |près d'|près du |près des |à la |à l'|à |aux |au |en |"
    rf"dans le |dans la |dans les |dans l'|sur ))(?P<place>{PLACE})"
)
FROM = rf"(?P<before>(?i:de la |de l'|des |du |de |d'))(?P<place>{PLACE})"
# Where somebody moved away from, and was.
FORMER, FORMER_AT = (words.replace("(?P<", "(?P<former_") for words in (FROM, AT))
# « J'habite Lille »; not a street.
ALONE = rf"(?P<before>)(?P<place>(?!Rue|Avenue|Boulevard|Place|Quai|Chez|Ici|Impasse|Allée){PLACE})"

# « Au » and « aux » hide an article that belongs to the name of a town, and not to that of a country.
_TOWN = {
    "au ": "Le ",
    "aux ": "Les ",
    "du ": "Le ",
    "près du ": "Le ",
    "près des ": "Les ",
    "des ": "Les ",
    "à la ": "La ",
    "de la ": "La ",
    "à l'": "L'",
    "de l'": "L'",
}
_NO_TOWNS = frozenset(
    """
    benin bresil burkina burundi cambodge cameroun canada cap-vert chili congo costa danemark gabon ghana
    guatemala honduras japon kenya koweit laos lesotho liban liechtenstein luxembourg mali maroc mexique
    montenegro mozambique nepal nicaragua niger nigeria pakistan panama paraguay pays perou portugal qatar
    quebec royaume-uni rwanda salvador senegal soudan sri-lanka tchad texas tibet togo turkmenistan venezuela
    vietnam viet yemen zimbabwe antilles canaries comores emirats etats-unis maldives pays-bas philippines
    seychelles acores baleares bahamas reunion martinique guadeloupe barbade jamaique
    """.split()  # noqa: SIM905
)
_ABOUT = {"Vient": "comes_from", "A": "grew_up_in", "Né(e)": "born_in"}


def lives(body: str, *, since_now: bool = False) -> Make:
    """Where somebody lives, or is from; `body` takes the words before the place with it."""
    predicate = _ABOUT.get(body.split()[0], "lives_in")

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        reads, place = read_place(found)
        if folded(place) in NOT_NAMES or folded(place) in COMPUTING:
            return None
        fact = NewFact(SELF, predicate, place, valid_from=said_at if since_now else None)
        home = Draft("fact", body.format(reads), IDENTITY, fact=fact, concepts=[NewConcept(place, "place")])
        if found.groupdict().get("former_place") is None:
            return home
        left = _left("Est parti(e) {}", found, said_at)
        return None if left is None else replace(home, also=[left])

    return make


def lives_no_more(found: re.Match[str], said_at: datetime) -> Draft | None:
    """Where somebody lives no longer, and perhaps where they do."""
    left = _left("N’habite plus {}", found, said_at)
    if left is None or found["place"] is None:
        return left
    home = lives("Habite {}", since_now=True)(found, said_at)
    return None if home is None else replace(home, also=[left])


def _left(body: str, found: re.Match[str], said_at: datetime) -> Draft | None:
    reads, place = _read(found["former_before"], found["former_place"])
    if folded(place) in COMPUTING:
        return None
    if body.startswith("Est parti"):
        reads = found["former_before"].lower() + trimmed(found["former_place"])
    fact = NewFact(SELF, "lives_in", place, valid_to=said_at)
    return Draft("event", body.format(reads), PLANNED, happened_at=said_at, fact=fact)


def read_place(found: re.Match[str]) -> tuple[str, str]:
    """Return how a place reads in a sentence, and its name."""
    return _read(found["before"], found["place"])


def _read(said_before: str, said_place: str) -> tuple[str, str]:
    before, place = said_before.lower(), trimmed(said_place)
    is_town = folded(place).split()[0].split(",")[0] not in _NO_TOWNS
    if before == "":
        contracted = re.sub(r"^Le ", "au ", re.sub(r"^Les ", "aux ", place))
        return (contracted if contracted != place else f"à {place}"), place
    name = _TOWN[before] + place if is_town and before in _TOWN else place
    return before + place, name
