"""Several things that are said at once, “nuts, eggs and milk”: each is kept by itself, so that one of them may end."""

import re
from collections.abc import Iterable
from dataclasses import replace

from emergence.memory.harvest.drafts import Draft, trimmed
from emergence.memory.harvest.endings import END_EN, END_FR
from emergence.memory.harvest.words import COUNTED
from emergence.memory.question.words import folded

# What goes on with something else than a thing.
_NO_THING = (
    r"(?:i|i'm|i've|my|me|we|it|its|he|she|they|you|your|the|this|that|there|but|so|because|and|or|please|thanks?|thank|sorry|sadly|unfortunately|"
    r"luckily|too|also|always|never|not|no|right|ok|okay|yes|just|only|really|very|is|are|was|were|has|have|had|do|does|can|could|will|would|should|"
    r"am|love|hate|like|live|work|speak|prefer|need|want|play|drink|eat|smoke|sleep|help|tell|suggest|give|what|how|when|where|who|which|if|"
    r"vegan|vegetarian|pescatarian|diabetic|asthmatic|coeliac|celiac|epileptic|allergic|intolerant|tired|hungry|sad|sick|happy|single|married|"
    r"je|j'|mon|ma|mes|nous|il|elle|on|tu|vous|mais|donc|car|alors|merci|stp|svp|désolée?|aussi|toujours|jamais|malheureusement|hélas|sinon|"
    r"aime|adore|déteste|habite|vis|travaille|bois|mange|fume|suis|ai|est|sont|végane|végétarien(?:ne)?|diabétique|asthmatique|allergique|intolérante?)"
)
_WORD = rf"(?!{_NO_THING}(?![\w-])|(?:j|n|c|m|t|s|qu)')[\w'-]+"
_ONE = rf"{_WORD}(?: (?!(?:and|or|et|ou|ni) ){_WORD}){{0,3}}?"
_TO_FR = r"(?:aux |au |à la |à l'|à )"
_OF_FR = r"(?:de la |de l'|des |du |de |d')"


# What nobody takes for something that goes on: “nuts, eggs and I live in Brest”, but not “nuts, left-handed and I…”.
_SURE = (
    r"(?:(?-i:(?![A-ZÀ-Þ]))(?:[\w'-]+ )?(?:(?![\w'-]*(?:ous|less)\b)[\w'-]{2,}[sx]|"
    r"milk|soy|gluten|wheat|latex|penicillin|pollen|dust|fish|seafood|shellfish|"
    r"sesame|mustard|celery|lactose|aspirin|beef|pork|chicken|lamb|meat|rice|bread|cheese|butter|honey|alcohol|wine|beer|"
    r"coffee|lait|soja|blé|poisson|sésame|moutarde|céleri|pénicilline|aspirine|porc|poulet|viande|pain|fromage|beurre|miel|"
    r"alcool|vin|bière|café))(?![\w-])"
)


def _going_on(joint: str, one: str, sure: str, end: str) -> str:
    """Return what may follow the first thing: others up to the last one, at least two up to the end, or sure ones.

    What stands before a thing is never given back to it: “aux noix” is read in one way alone, or twenty of them in a
    million.
    """
    return (
        rf"(?P<more>(?:, {one})+,? (?:{joint}) {one}{end}|(?:, {one}){{2,}}(?=\s*(?:[.!;]|$))"
        rf"|(?:, (?!{_NO_THING}(?![\w-])){sure})+(?=,? (?:{joint}|but|mais) (?:{_NO_THING}(?![\w-])|(?:j|n)')))?"
    )


_NO_TO_FR = r"(?:lactose|gluten|fructose|histamine|sorbitol|sulfites?)"
MORE_INTOLERANT_FR = rf"(?:(?:,? (?:et|ou|ni)|,) (?:{_TO_FR}[\w-]+|{_NO_TO_FR}(?![\w-])))*"
MORE_EN = _going_on("and|or|nor", rf"(?:to |any )?+{_ONE}", rf"(?:to |any )?+{_SURE}", END_EN)
MORE_TO_FR = _going_on("et|ou|ni", rf"{_TO_FR}?+{_ONE}", rf"(?:(?>{_TO_FR}){_ONE}|(?!{_TO_FR}){_SURE})", END_FR)
MORE_OF_FR = _going_on("et|ou|ni", rf"{_OF_FR}?+{_ONE}", rf"(?:(?>{_OF_FR}){_ONE}|(?!{_OF_FR}){_SURE})", END_FR)

_JOINT = re.compile(r",? (?:and|or|nor|et|ou|ni) |, ", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:to|any|also|even|aussi) ", re.IGNORECASE)
_A_THING = re.compile(rf"(?:{_TO_FR}|{_OF_FR}|(?:the|an?|my|les?|la|une?|l')\s?)?{_ONE}", re.IGNORECASE)
_OF = re.compile(rf"^{_OF_FR}", re.IGNORECASE)
_LEAD = re.compile(r"(?:intolérante?|une intolérance) ", re.IGNORECASE)
_TO = re.compile(rf"^{_TO_FR}", re.IGNORECASE)
_MASCULINE = frozenset(
    """
    lait gluten lactose soja ble sesame celeri poisson pollen latex porc poulet boeuf fromage beurre miel vin cafe
    chocolat mais lupin kiwi melon fructose sorbitol nickel saumon thon crabe homard riz seigle
    """.split()  # noqa: SIM905 - a list reads worse
)
_FEMININE = frozenset(
    """
    penicilline poussiere moutarde banane fraise tomate viande biere noisette cacahuete codeine cannelle peche pomme
    mangue caseine cortisone morphine
    """.split()  # noqa: SIM905
)
_SINGULAR = frozenset({"latex", "mais", "ananas"})
_SHARED = COUNTED | {"tree", "grass"}  # “bee and wasp stings” are stings, both


def things_of(said: str) -> list[str]:
    """Return the things that are named; one, as it was said, where they are told apart with doubt."""
    things = [_BEFORE.sub("", trimmed(each)) for each in _JOINT.split(said)]
    is_clear = all(_A_THING.fullmatch(thing) for thing in things)
    is_shared = any(thing.lower() in _SHARED for thing in things[:-1])
    begins = [_TO.match(thing) is not None for thing in things]
    if not is_clear or is_shared:
        return [said]
    if all(begins) == any(begins):
        return things
    # « aux noix, œufs et lait »; « aux piqûres d'abeille et guêpe » are stings, both.
    is_one = not begins[0] or re.search(r" (?:de |d')", things[0]) is not None
    return [said] if is_one else [_to(thing) for thing in things]


def _to(thing: str) -> str:
    """Return a French thing as one says to what somebody is allergic: « aux œufs »; where nobody knows, « à : »."""
    if _TO.match(thing):
        return thing
    first = folded(thing).split()[0]
    if first.endswith(("s", "x")) and first not in _SINGULAR:
        return f"aux {thing}"
    if first[0] in "aeiouh" or first.startswith("y"):
        return f"à l'{thing}"
    return f"au {thing}" if first in _MASCULINE else f"à la {thing}" if first in _FEMININE else f"à : {thing}"


def without_article(thing: str) -> str:
    """Return a French thing without « de la » before it."""
    return _OF.sub("", thing)


def without_lead(said: str) -> tuple[str, str]:
    """Return what holds for each of a French list, « intolérante », and the list."""
    lead = _LEAD.match(said)
    return ("", said) if lead is None else (lead[0], said[lead.end() :])


def all_of(drafts: Iterable[Draft | None]) -> Draft | None:
    """Return the first of several drafts with the others beside it."""
    made = [draft for draft in drafts if draft is not None]
    return replace(made[0], also=made[1:]) if made else None
