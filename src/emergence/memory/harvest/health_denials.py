"""What people say that they do not live with: whoever said they did was wrong, or is well."""

from emergence.memory.harvest import ending_makers as makers
from emergence.memory.harvest.drafts import pattern
from emergence.memory.harvest.endings import END_EN, END_FR
from emergence.memory.harvest.health import (
    ILLNESS_EN,
    ILLNESS_FR,
    INTOLERANCE_EN,
    IS_ILL_EN,
    IS_ILL_FR,
)
from emergence.memory.harvest.lists import MORE_EN, MORE_TO_FR

_THING = r"[^,;:.!…()\x00]{2,50}?"
_AM_NOT = r"i(?:'m| am) not (?:actually |really |at all )?(?:an? )?"
_HAVE_NOT = r"i (?:don't|do not) (?:actually )?(?:have|suffer from)(?: an?| any)? "
_IS_NOT = r"je (?:ne )?suis pas (?:du tout )?"
_HAS_NOT = r"j(?:e n')?'?ai pas "

ENGLISH_DENIALS = (
    pattern(
        rf"{_AM_NOT}allergic to (?P<said>{_THING}{MORE_EN}){END_EN}",
        makers.health_denied("Not allergic to {}", "allergic_to"),
    ),
    pattern(
        rf"{_HAVE_NOT}(?P<said>[\w ]{{2,30}}?) allergy{END_EN}",
        makers.health_denied("Not allergic to {}", "allergic_to", plural=True),
    ),
    pattern(
        rf"{_AM_NOT}(?P<said>(?P<what>{INTOLERANCE_EN})[- ]intolerant){END_EN}",
        makers.health_denied("Not {}", "intolerant_to"),
    ),
    pattern(rf"{_AM_NOT}(?P<said>{IS_ILL_EN}){END_EN}", makers.health_denied("Not {}", "has_condition")),
    pattern(
        rf"{_HAVE_NOT}(?P<said>{ILLNESS_EN}){END_EN}",
        makers.health_denied("Does not have {}", "has_condition"),
    ),
)
FRENCH_DENIALS = (
    pattern(
        rf"{_IS_NOT}allergique (?P<said>(?:aux|au|à la|à l'|à) ?{_THING}{MORE_TO_FR}){END_FR}",
        makers.health_denied("N’est pas allergique {}", "allergic_to"),
    ),
    pattern(
        rf"{_IS_NOT}(?P<said>intolérante? (?:au |à la |à l'|aux )(?P<what>[\w-]+)){END_FR}",
        makers.health_denied("N’est pas {}", "intolerant_to"),
    ),
    pattern(rf"{_IS_NOT}(?P<said>{IS_ILL_FR}){END_FR}", makers.health_denied("N’est pas {}", "has_condition")),
    pattern(
        rf"{_HAS_NOT}(?P<said>(?:d'|de )(?P<what>{ILLNESS_FR})){END_FR}",
        makers.health_denied("N’a pas {}", "has_condition"),
    ),
)
