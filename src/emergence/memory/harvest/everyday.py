"""What people say of themselves in passing: where they grew up, what they play, what they are, how they eat."""
# ruff: noqa: E501 - a pattern reads best in one line

import re
from datetime import datetime

from emergence.memory.harvest import health_makers, makers, work_makers
from emergence.memory.harvest.drafts import FAMILY, LIKED, SELF, Draft, Make, pattern, trimmed
from emergence.memory.harvest.endings import END_EN, END_FR
from emergence.memory.harvest.french_places import AT, lives
from emergence.memory.harvest.lists import all_of, things_of
from emergence.memory.harvest.preferences import liking
from emergence.memory.harvest.words import COMPUTING, NAME, PLACE, REFERRING
from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewFact

_GAMES_EN = (
    r"(?:football|soccer|tennis|table tennis|badminton|basketball|volleyball|rugby|golf|chess|bridge|handball|hockey|squash|padel|cricket|poker|"
    r"(?:the )?(?:piano|(?:bass )?guitar|violin|viola|cello|double bass|flute|clarinet|saxophone|trumpet|trombone|drums|harp|ukulele|accordion|organ|banjo|recorder|oboe))"
)
_GAMES_FR = (
    r"(?:(?:au |aux )(?:football|foot|tennis|ping-pong|badminton|basket|volley|rugby|golf|échecs|bridge|handball|hockey|squash|padel|cricket|poker)|à la pétanque|"
    r"(?:du |de la |de l')(?:piano|guitare|basse|violon|alto|violoncelle|contrebasse|flûte|clarinette|saxophone|trompette|trombone|batterie|harpe|ukulélé|accordéon|orgue|banjo|hautbois))"
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_OFTEN_EN = r"(?: (?:every (?:day|week|weekend|\w+day|month)|(?:once|twice|three times) a (?:week|month)|in an? (?:band|club|team|orchestra|choir)))?"
_OFTEN_FR = r"(?: (?:tous les \w+|toutes les semaines|chaque \w+|(?:une|deux|trois) fois par (?:semaine|mois)|dans un (?:groupe|club|orchestre)))?"
_PEOPLES_EN = (
    "American|Australian|Austrian|Belgian|Brazilian|British|Canadian|Chinese|Danish|Dutch|English|Finnish|French|German|Greek|Irish|Italian|"
    "Japanese|Moroccan|Norwegian|Polish|Portuguese|Romanian|Russian|Scottish|Senegalese|Spanish|Swedish|Swiss|Tunisian|Turkish|Ukrainian|Welsh"
)
_PEOPLES_FR = (
    "américaine?|australienne?|australien|autrichien(?:ne)?|belge|brésilien(?:ne)?|britannique|canadien(?:ne)?|chinoise?|danoise?|néerlandaise?|"
    "anglaise?|finlandaise?|française?|allemande?|grec(?:que)?|irlandaise?|italien(?:ne)?|japonaise?|marocaine?|norvégien(?:ne)?|polonaise?|"
    "portugaise?|roumaine?|russe|écossaise?|sénégalaise?|espagnole?|suédoise?|suisse|tunisien(?:ne)?|turc|turque|ukrainien(?:ne)?|québécoise?|algérien(?:ne)?"
)


def without(body: str, language: Language) -> Make:
    """What somebody eats none of, where they say what they eat without: “gluten-free”."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        what = trimmed(found[1]).lower()
        return Draft("preference", body.format(what), LIKED, preference=liking(what, -1.0, language))

    return make


def hobbies(body: str, language: Language) -> Make:
    """What somebody likes to do: each of several by itself."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        if REFERRING.search(found[1]) is not None:
            return None
        return all_of(
            Draft("preference", body.format(thing), LIKED, preference=liking(thing, 1.0, language))
            for thing in things_of(trimmed(found[1]))
        )

    return make


def married(body: str) -> Make:
    """Whom somebody is married to, by name."""
    named = makers.fact(body, "partner", FAMILY, concept="person")

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        return None if folded(found[1]) in COMPUTING else named(found, said_at)

    return make


def is_now(body: str, what: str) -> Make:
    """What somebody does in the place of work."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        return Draft("fact", body.format(found[1].lower()), FAMILY, fact=NewFact(SELF, "works_as", what))

    return make


# “My hobby is to annoy you”, « ma passion, c'est toi ».
_THINGS = (
    r"(?!(?:to|not|none|no|a|an|my|you|your|her|him|them|what|how|when|that|varied|many|few|expensive|boring|pretty|very|toi|vous|lui|elle|variée?s|nombreu\w+|eux|moi|que|quand|ce|ça|mon|ma|mes|un|une)\b|d')"
    r"((?:[^;:.!…()\x00]|\.(?=\w)){3,60}?)"
)

ENGLISH_EVERYDAY = (
    pattern(
        rf"(?i:i grew up in) ({PLACE})", makers.fact("Grew up in {}", "grew_up_in", concept="place"), any_case=False
    ),
    pattern(
        rf"(?i:i was born in) (?!(?:{MONTHS})\b)({PLACE})",
        makers.fact("Born in {}", "born_in", concept="place"),
        any_case=False,
    ),
    pattern(rf"(?i:i'm|i am) ({_PEOPLES_EN})(?i:{END_EN})", makers.fact("Is {}", "nationality"), any_case=False),
    pattern(
        rf"(?i:i'm|i am) (?i:married|engaged) (?i:to) ({NAME})(?i:{END_EN})", married("Partner: {}"), any_case=False
    ),
    pattern(
        rf"(?i:i(?:'d| would)? (?:prefer|rather|like) to be called|i'd rather (?:be called|you called me)) ({NAME})(?i:{END_EN})",
        makers.name("Is called {}"),
        any_case=False,
    ),
    pattern(rf"i(?:'m| am) (?:now )?(retired){END_EN}", is_now("Is {}", "retired")),
    pattern(rf"i(?:'m| am) (?:currently |now )?(unemployed){END_EN}", is_now("Is {}", "unemployed")),
    pattern(
        rf"i(?:'ve| have) been an? ((?:[\w-]+ ){{0,2}}?[\w-]+?) (?:for (?:\w+|\w+ \w+|over \w+) (?:years|months)|since (?:19|20)\d\d){END_EN}",
        work_makers.job("Works as {}"),
    ),
    pattern(rf"i play ({_GAMES_EN}){_OFTEN_EN}{END_EN}", makers.fact("Plays {}", "plays", LIKED)),
    pattern(rf"i no longer play ({_GAMES_EN}){END_EN}", makers.ended("No longer plays {}", "plays")),
    pattern(rf"my (?:main |favou?rite )?hobb(?:y is|ies are) {_THINGS}{END_EN}", hobbies("Likes {}", "en")),
    pattern(rf"i (?:only )?eat (halal|kosher)(?: food| meat)?{END_EN}", health_makers.diet("Eats {}", "eats")),
    pattern(rf"i(?:'m| am| eat) (gluten|dairy|lactose|sugar)[- ]free{END_EN}", without("Does not eat {}", "en")),
    pattern(
        rf"i(?:'m| am) on an? ([\w-]+(?: [\w-]+)?) diet{END_EN}", health_makers.diet("Is on a {} diet", "on_a_diet")
    ),
    pattern(
        rf"i(?:'m| am) (deaf(?: in (?:one|my (?:left|right)) ear)?|blind in (?:one|my (?:left|right)) eye|legally blind|hard of hearing|partially sighted|visually impaired){END_EN}",
        health_makers.health("Is {}", "has_condition"),
    ),
    pattern(rf"i(?:'m| am) (left|right)-handed{END_EN}", makers.fact("Is {}-handed", "handed")),
)
FRENCH_EVERYDAY = (
    pattern(rf"(?i:j'ai grandi) {AT}", lives("A grandi {}"), any_case=False),
    pattern(rf"(?i:je suis née?) {AT}", lives("Né(e) {}"), any_case=False),
    pattern(rf"je suis ({_PEOPLES_FR}){END_FR}", makers.fact("Est {}", "nationality")),
    pattern(
        rf"(?i:je suis (?:mariée?|fiancée?) (?:à|avec)) ({NAME})(?i:{END_FR})",
        married("Partenaire : {}"),
        any_case=False,
    ),
    pattern(
        rf"(?i:je préfère (?:qu'on m'appelle|être appelée?)) ({NAME})(?i:{END_FR})",
        makers.name("S’appelle {}"),
        any_case=False,
    ),
    pattern(rf"je suis (?:actuellement )?(au chômage){END_FR}", is_now("Est {}", "au chômage")),
    pattern(rf"je joue ({_GAMES_FR}){_OFTEN_FR}{END_FR}", makers.fact("Joue {}", "plays", LIKED)),
    pattern(rf"je ne joue plus ({_GAMES_FR}){END_FR}", makers.ended("Ne joue plus {}", "plays")),
    pattern(
        rf"(?:mes (?:loisirs|passions|passe-temps)(?: préférés)? sont|(?:ma passion|mon (?:hobby|passe-temps|loisir))(?: préféré)?(?: est|,? c'est)) {_THINGS}{END_FR}",
        hobbies("Aime {}", "fr"),
    ),
    pattern(
        rf"je (?:ne )?mange (?:que )?(halal|casher|kasher|kascher){END_FR}", health_makers.diet("Mange {}", "eats")
    ),
    pattern(rf"je mange sans (gluten|lactose|sucre){END_FR}", without("Ne mange pas de {}", "fr")),
    pattern(
        rf"je suis (?:au|un) régime ((?:sans|pauvre en) [\w-]+){END_FR}",
        health_makers.diet("Suit un régime {}", "on_a_diet"),
    ),
    pattern(
        rf"je suis (sourde?(?: d'une oreille| de naissance)?|aveugle (?:d'un œil|de naissance)|malentendante?|malvoyante?){END_FR}",
        health_makers.health("Est {}", "has_condition"),
    ),
    pattern(rf"je suis (gauch(?:er|ère)|droiti(?:er|ère)){END_FR}", makers.fact("Est {}", "handed")),
)
