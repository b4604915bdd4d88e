"""One name for those who are close to somebody, whatever the language: « frère » is “brother”, “mum” is “mother”.

Everything here is folded: small letters, no accents.
"""

from collections.abc import Collection

_ONE = {
    word: words.split()[0]
    for words in (
        "sister soeur", "brother frere", "son fils", "daughter fille", "aunt tante", "uncle oncle",
        "cousin cousine", "niece", "nephew neveu", "child enfant", "grandchild petit-enfant",
        "dog chien chienne puppy chiot", "cat chat chatte kitten chaton", "horse cheval", "rabbit lapin",
        "parrot perroquet", "flatmate roommate colocataire coloc", "mother mum mom maman mere", "father dad papa pere",
        "grandmother grandma grand-mere mamie", "grandfather grandpa grand-pere papi", "boss patron patronne",
        "partner wife husband girlfriend boyfriend fiance fiancee femme mari compagnon compagne copain copine epoux "
        "epouse conjoint conjointe",
    )
    for word in words.split()
} | {"best friend": "best_friend", "meilleur ami": "best_friend", "meilleure amie": "best_friend"}  # fmt: skip
# Which of several, in the order in which it is said: “my younger brother”, « mon frère cadet ».
_WHICH = {
    word: words.split()[0]
    for words in (
        "younger little petit petite cadet cadette", "older elder big grand grande aine ainee", "youngest",
        "eldest", "twin jumeau jumelle", "other autre", "first premier premiere", "second deuxieme seconde",
        "third troisieme", "half demi", "step", "middle",
    )
    for word in words.split()
}  # fmt: skip
RELATIONS = frozenset(_ONE.values())


def relation_of(words: str) -> str:
    """Return what somebody is to the person, without which of several; a word that is not known as it is."""
    return _parts(words)[1]


def one_of_relation(words: str) -> str:
    """Return who somebody is whose name was not said, “younger brother”: of several each is another one."""
    which, relation = _parts(words)
    return " ".join(part for part in (which, relation.replace("_", " ")) if part)


def relatives_called(words: Collection[str]) -> set[str]:
    """Return every word, in either language, for the relatives that are among these words."""
    told = {_ONE[word] for word in words if word in _ONE}
    return {word for word, relation in _ONE.items() if relation in told}


def _parts(words: str) -> tuple[str, str]:
    if words in _ONE:
        return "", _ONE[words]
    first, _, rest = words.replace("-", " ").partition(" ")
    if first in _WHICH and rest:
        return _WHICH[first], _ONE.get(rest, rest.replace(" ", "_"))
    before, _, last = words.rpartition(" ")
    if last in _WHICH and before:
        return _WHICH[last], _ONE.get(before, before.replace(" ", "_"))
    return "", words.replace(" ", "_")
