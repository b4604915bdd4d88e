"""Who is close to somebody, and what else is said of them in one go: their name, their home."""
# ruff: noqa: E501 - a pattern reads best in one line

import re

from emergence.memory.harvest import relative_makers as makers
from emergence.memory.harvest.drafts import pattern
from emergence.memory.harvest.endings import END_EN
from emergence.memory.harvest.french_places import ALONE, AT
from emergence.memory.harvest.words import NAME, PLACE

RELATIVE_EN = (
    "(?:(?:little|younger|older|elder|big|twin|eldest|youngest|other|first|second|third|half|step|middle)[ -])?"
    "(?:sister|brother|son|daughter|aunt|uncle|cousin|niece|nephew|dog|cat|puppy|kitten|horse|parrot|rabbit|flatmate|roommate)|"
    "wife|husband|partner|girlfriend|boyfriend|fiancée?|mother|mum|mom|father|dad|grandmother|grandfather|grandma|"
    "grandpa|best friend|boss"
)
RELATIVE_FR = (
    "(?:(?:petite?|grande?|autre|premi(?:er|ère)|deuxième|seconde?|troisième) )?"
    "(?:sœur|soeur|frère|fille|fils|tante|oncle|cousine?|nièce|neveu|chien(?:ne)?|chat(?:te)?|cheval|lapin|perroquet|colocataire|coloc)"
    "(?: (?:aînée?|cadet(?:te)?|jumelle|jumeau))?|(?:demi-)(?:sœur|frère)|femme|mari|compagnon|compagne|copain|"
    "copine|époux|épouse|conjointe?|mère|maman|père|papa|grand-mère|grand-père|meilleure? amie?|patron(?:ne)?"
)

_ONE_EN = rf"an? (?:[\w-]+ )?(?:{RELATIVE_EN}),? (?:called|named|whose name is) (?-i:{NAME})"
_ONE_FR = rf"une? (?:petite? |grande? )?(?:{RELATIVE_FR}),? (?:qui s'appelle|nommée?|appelée?|prénommée?|du nom de) (?-i:{NAME})"
# What comes before the second of several: “I have a dog called Rex and a cat called Tom”.
_HAVING_EN = re.compile(
    rf"\b(?:i have|i've got|we have|we've got|(?:i|we) (?:just )?adopted) {_ONE_EN}(?:,? (?:and )?{_ONE_EN})*(?:, |,? and )$",
    re.IGNORECASE,
)
_HAVING_FR = re.compile(
    rf"\b(?:j'ai|on a|nous avons)(?: adopté)? {_ONE_FR}(?:,? (?:et )?{_ONE_FR})*(?:, |,? et )$", re.IGNORECASE
)

ENGLISH_RELATIVES = (
    pattern(
        rf"(?i:an? (?:[\w-]+ )?({RELATIVE_EN}),? (?:called|named|whose name is)) ({NAME})",
        makers.another(makers.relative("{}: {}"), _HAVING_EN),
        any_case=False,
    ),
    pattern(
        rf"(?i:my ({RELATIVE_EN}),?)(?: (?P<called>{NAME}),?)? (?i:lives (?:in|near)) (?P<place>{PLACE})",
        makers.relative_at_home("{}: {}", "{} lives in {}", "{}: lives in {}"),
        any_case=False,
    ),
    pattern(
        rf"(?i:my ({RELATIVE_EN})) is ({NAME})(?i:{END_EN})",
        makers.relative_is("{}: {}"),
        any_case=False,
    ),
)
FRENCH_RELATIVES = (
    pattern(
        rf"(?i:une? (?:petite? |grande? )?({RELATIVE_FR}),? (?:qui s'appelle|nommée?|appelée?|prénommée?|du nom de)) ({NAME})",
        makers.another(makers.relative("{} : {}"), _HAVING_FR),
        any_case=False,
    ),
    *(
        pattern(
            rf"(?i:(?:mon|ma) ({RELATIVE_FR}),?)(?: (?P<called>{NAME}),?)? (?i:habite|vit|réside){where}",
            makers.relative_at_home("{} : {}", "{} habite {}", "{} : habite {}"),
            any_case=False,
        )
        for where in (f" {AT}", f" {ALONE}")
    ),
)
