"""Whether an end is about what was said before, in other words or in the other language: « végane » is “vegan”.

Everything here is folded: small letters, no accents.
"""

import re

_SAME = {
    word: words.split()[0]
    for words in (
        "vegan vegane vegetalien vegetalienne", "vegetarian vegetarien vegetarienne",
        "pescatarian pescetarien pescetarienne", "flexitarian flexitarien flexitarienne",
        "diabetes diabete diabetic diabetique", "asthma asthme asthmatic asthmatique",
        "epilepsy epilepsie epileptic epileptique", "coeliac celiac coeliaque celiaque",
        "autism autisme autistic autiste",
        "dyslexia dyslexie dyslexic dyslexique", "anaemia anemia anemie anaemic anemic anemique", "eczema",
        "hypertension hypertensive hypertendu hypertendue", "migraine", "insomnia insomnie", "arthritis arthrite",
        "nut noix", "walnut", "peanut arachide cacahuete cacahouete", "hazelnut noisette", "almond amande", "egg oeuf",
        "cat chat", "dog chien", "horse cheval chevaux", "bee abeille", "wasp guepe", "strawberry fraise", "soy soja",
        "milk lait", "cheese fromage", "wheat ble", "fish poisson", "shellfish crustace", "seafood", "sesame",
        "penicillin penicilline", "dust poussiere", "mite acarien", "apple pomme", "mushroom champignon", "honey miel",
        "meat viande", "pork porc", "beef boeuf", "chicken poulet", "sulphite sulfite", "alcohol alcool", "wine vin",
        "beer biere", "caffeine cafeine", "dairy laitage", "coffee cafe",
        "english anglais", "french francais", "spanish espagnol", "german allemand", "italian italien",
        "portuguese portugais", "dutch neerlandais", "polish polonais", "russian russe", "ukrainian ukrainien",
        "romanian roumain", "greek grec", "turkish turc", "arabic arabe", "hebrew hebreu", "persian persan farsi",
        "urdu ourdou", "tamil tamoul", "chinese chinois", "cantonese cantonais", "japanese japonais", "korean coreen",
        "vietnamese vietnamien", "welsh gallois", "irish irlandais", "swedish suedois", "norwegian norvegien",
        "danish danois", "finnish finnois", "czech tcheque", "hungarian hongrois", "bulgarian bulgare",
        "serbian serbe", "croatian croate",
    )
    for word in words.split()
}  # fmt: skip
_BEFORE = re.compile(
    r"^(?:a little |some |un peu (?:de |d')?"
    r"|(?:aux|au|a la|a|de la|du|des|de|les|le|la|une|un|the|an|any)\s+|(?:a l'|de l'|d'|l')\s*)"
)
_AND = re.compile(r",? (?:and|or|et|ou|ni) |, ")
_BESIDES = re.compile(r"^type [12] | de type [12]$| disease$|^maladie ")
_MEAT = frozenset({"meat", "pork", "beef", "chicken"})
_OF_FISH = frozenset({"fish", "shellfish", "seafood"})
_OF_ANIMALS = frozenset({"egg", "milk", "cheese", "dairy", "honey"})
# What somebody who lives so eats, or drinks, none of: once they do again, they live so no longer.
_WITHOUT = {
    "vegan": _MEAT | _OF_FISH | _OF_ANIMALS,
    "vegetarian": _MEAT | _OF_FISH,
    "pescatarian": _MEAT,
    "teetotal": frozenset({"alcohol", "wine", "beer"}),
    "teetotaler": frozenset({"alcohol", "wine", "beer"}),
    "teetotaller": frozenset({"alcohol", "wine", "beer"}),
}


def is_same_thing(end: str, thing: str) -> bool:
    """Return whether all of a thing is over once the end is said: of “nuts and eggs” not with “nuts” alone."""
    return end == thing or (bool(said := _things(thing)) and said <= _things(end))


def things_said(words: str) -> list[str]:
    """Return the things that are named, each as it was said."""
    return [each.strip() for each in _AND.split(words) if each.strip()]


def ends_wish(end: tuple[str, str, float], wish: tuple[str, str, float]) -> bool:
    """Return whether a wish is over; each is its key, its value and its strength.

    An end of a diet names it. Who eats something again ends that they do not eat it, and any diet without it.
    """
    (key, says, strength), (wish_key, value, wish_strength) = end, wish
    if key.startswith("likes:") and wish_key in ("diet", "drinks"):
        return bool(_things(says) & _WITHOUT.get(_one_word(value), frozenset()))
    is_of_one_kind = key == wish_key or (key.startswith("likes:") and wish_key.startswith("likes:"))
    return is_of_one_kind and (strength > 0) != (wish_strength > 0) and is_same_thing(says, value)


def _things(words: str) -> frozenset[str]:
    return frozenset(_one_word(each) for each in _AND.split(words) if each.strip())


def _one_word(words: str) -> str:
    plain = _BESIDES.sub("", _BEFORE.sub("", words.strip()))
    if plain in _SAME:
        return _SAME[plain]
    single = re.sub(r"(?<=\w{3})s$", "", re.sub(r"ies$", "y", plain))
    return _SAME.get(single, single)
