"""What people say when what they lived with, how they ate, or whom they lived with is over."""
# ruff: noqa: E501 - a pattern reads best in one line

from emergence.memory.harvest import ending_makers as makers
from emergence.memory.harvest import health_makers
from emergence.memory.harvest.drafts import pattern
from emergence.memory.harvest.endings import END_EN, END_FR
from emergence.memory.harvest.health import (
    DIET_EN,
    DIET_FR,
    ILLNESS_EN,
    ILLNESS_FR,
    INTOLERANCE_EN,
    IS_ILL_EN,
    IS_ILL_FR,
)
from emergence.memory.harvest.lists import MORE_EN, MORE_TO_FR
from emergence.memory.harvest.words import NAME

_MORE = r",? (?:any ?more|any longer)\b"
# “No longer” says it alone, “not” with “any more” behind.
_OVER_EN = rf"(?: at all)?(?(longer){END_EN}|{_MORE})"
_AM_NOT = r"i(?:'m| am) (?:(?P<longer>no longer)|not) (?:an? )?"
_HAVE_NOT = r"i (?:(?P<longer>no longer)|don't|do not) (?:have|get|suffer from)(?: an?| any| my)? "
_STOPPED = r"i(?:'ve| have)? (?:just |recently |finally )?(?:stopped|quit|given up|gave up)"
_WHEN = r"(?: (?:last|this) \w+| [\w ]{1,12} (?:days?|weeks?|months?|years?) ago| in (?:19|20)\d\d)?"
_THING = r"[^,;:.!…()\x00]{2,50}?"

ENGLISH_ENDINGS = (
    pattern(
        rf"{_AM_NOT}allergic to (?P<said>{_THING}{MORE_EN}){_OVER_EN}",
        makers.health_over("No longer allergic to {}", "allergic_to"),
    ),
    pattern(
        rf"{_HAVE_NOT}(?P<said>[\w ]{{2,30}}?) allergy{_OVER_EN}",
        makers.health_over("No longer allergic to {}", "allergic_to", plural=True),
    ),
    pattern(
        rf"i(?:'ve| have)? outgrown my (?P<said>[\w ]{{2,30}}?) allergy{END_EN}",
        makers.health_over("No longer allergic to {}", "allergic_to", plural=True),
    ),
    pattern(
        rf"{_AM_NOT}(?P<said>(?P<what>{INTOLERANCE_EN})[- ]intolerant){_OVER_EN}",
        makers.health_over("No longer {}", "intolerant_to"),
    ),
    pattern(
        rf"{_AM_NOT}intolerant to (?P<said>{INTOLERANCE_EN}){_OVER_EN}",
        makers.health_over("No longer intolerant to {}", "intolerant_to"),
    ),
    pattern(
        rf"{_HAVE_NOT}(?P<said>(?P<what>{INTOLERANCE_EN}) intolerance){_OVER_EN}",
        makers.health_over("No longer has a {}", "intolerant_to"),
    ),
    pattern(rf"{_AM_NOT}(?:strictly |strict )?(?P<said>{DIET_EN}){_OVER_EN}", makers.diet_over("No longer {}")),
    pattern(rf"{_AM_NOT}(?P<said>teetotal(?:er|ler)?){_OVER_EN}", makers.diet_over("No longer {}", "drinks")),
    pattern(rf"{_STOPPED} being (?:an? )?(?P<said>{DIET_EN}){_WHEN}{END_EN}", makers.diet_over("No longer {}")),
    pattern(
        rf"{_AM_NOT}on an? (?P<said>[\w-]+(?: [\w-]+)?) diet{_OVER_EN}",
        makers.diet_over("No longer on a {} diet", "on_a_diet"),
    ),
    pattern(
        rf"i (?:(?P<longer>no longer)|don't|do not) eat (?P<said>halal|kosher){_OVER_EN}",
        makers.diet_over("No longer eats {}", "eats"),
    ),
    pattern(rf"{_AM_NOT}(?P<said>{IS_ILL_EN}){_OVER_EN}", makers.health_over("No longer {}", "has_condition")),
    pattern(rf"{_HAVE_NOT}(?P<said>{ILLNESS_EN}){_OVER_EN}", makers.health_over("No longer has {}", "has_condition")),
    pattern(
        rf"(?:i (?:can )?(?:eat|drink)|i(?:'m| am) (?:eating|drinking)|i(?:'ve| have)? (?:just )?started (?:eating|drinking)) (?P<what>{_THING}) again{END_EN}",
        makers.takes_again("en"),
    ),
    pattern(rf"{_STOPPED} smoking{_WHEN}{END_EN}", makers.health_over("No longer smokes", "habit", "smoking")),
    pattern(
        rf"i (?:(?P<longer>no longer)|don't|do not) smoke{_OVER_EN}",
        makers.health_over("No longer smokes", "habit", "smoking"),
    ),
    pattern(rf"i smoke{END_EN}", health_makers.habit("Smokes", "smoking")),
    pattern(
        rf"(?i:i(?:'m| am) no longer (?:with|married to|dating|engaged to)) (?P<called>{NAME})",
        makers.partner_over("No longer with {}", "No longer with anybody"),
        any_case=False,
    ),
    pattern(
        rf"(?i:i (?:just |recently )?(?:broke up with|split up with|separated from|divorced)) (?P<called>{NAME})",
        makers.partner_over("No longer with {}", "No longer with anybody"),
        any_case=False,
    ),
    pattern(
        rf"(?P<called>{NAME}) (?i:and i (?:have |just |recently )*(?:broke(?:n)? up|split up|separated|divorced|got divorced)){END_EN}",
        makers.partner_over("No longer with {}", "No longer with anybody"),
        any_case=False,
    ),
    pattern(
        rf"(?:my (?:wife|husband|partner|girlfriend|boyfriend|fiancée?) and i (?:have |just |recently )*(?:broke(?:n)? up|split up|separated|divorced|got divorced)|"
        rf"i (?:just |recently )?(?:broke up with|split up with|separated from|divorced) my (?:wife|husband|partner|girlfriend|boyfriend)|"
        rf"i(?:'ve| have)? (?:just |recently )?(?:got|gotten) divorced|i(?:'m| am) single (?:again|now)|i(?:'m| am) no longer (?:married|engaged)){END_EN}",
        makers.partner_over("No longer with {}", "No longer with a partner"),
    ),
)

_WHEN_FR = (
    r"(?: il y a [\w ]{2,20}?| l'an dernier| (?:cette année|l'année dernière|le mois dernier)| en (?:19|20)\d\d)?"
)
_ALLERGY_FR = rf"(?:aux|au|à la|à l'|à) ?{_THING}"
_INTOLERANCE_FR = r"(?:au |à la |à l'|aux )(?P<what>[\w-]+)"
# Spoken French drops “ne”; then “plus” may mean “more”, and only the end of what is said tells.
_OVER_FR = rf"(?: du tout)?(?(ne){END_FR}|(?=\s*(?:[.,!;]|$)))"
_NOT = r"(?:(?P<ne>ne )|)"
_HAVE_NOT_FR = r"j(?:e (?P<ne>n')|')ai plus "
_STOPPED_FR = r"j'ai (?:enfin |récemment )?(?:arrêté|cessé)"
_ONE_OF_FR = r"(?:ma femme|mon mari|ma compagne|mon compagnon|ma copine|mon copain|mon époux|mon épouse|ma conjointe|mon conjoint)"
_PARTED_FR = r"(?:avons (?:rompu|divorcé)|nous sommes (?:séparée?s|quittée?s)|on s'est (?:séparée?s|quittée?s)|on a (?:rompu|divorcé))"

FRENCH_ENDINGS = (
    pattern(
        rf"je ne suis plus (?:du tout )?allergique (?P<said>{_ALLERGY_FR}{MORE_TO_FR})(?: du tout)?{END_FR}",
        makers.health_over("N’est plus allergique {}", "allergic_to"),
    ),
    pattern(
        rf"{_HAVE_NOT_FR}d'allergie (?P<said>{_ALLERGY_FR}{MORE_TO_FR}){_OVER_FR}",
        makers.health_over("N’est plus allergique {}", "allergic_to"),
    ),
    pattern(
        rf"je ne suis plus (?:du tout )?(?P<said>intolérante? {_INTOLERANCE_FR})(?: du tout)?{END_FR}",
        makers.health_over("N’est plus {}", "intolerant_to"),
    ),
    pattern(
        rf"{_HAVE_NOT_FR}(?P<said>d'intolérance {_INTOLERANCE_FR}){_OVER_FR}",
        makers.health_over("N’a plus {}", "intolerant_to"),
    ),
    pattern(
        rf"je {_NOT}suis plus (?:du tout |strictement )?(?P<said>{DIET_FR}){_OVER_FR}",
        makers.diet_over("N’est plus {}"),
    ),
    pattern(
        rf"je {_NOT}suis plus (?:au|un) régime (?P<said>(?:sans|pauvre en) [\w-]+){_OVER_FR}",
        makers.diet_over("Ne suit plus de régime {}", "on_a_diet"),
    ),
    pattern(
        rf"je {_NOT}mange plus (?P<said>halal|casher|kasher|kascher){_OVER_FR}",
        makers.diet_over("Ne mange plus {}", "eats"),
    ),
    pattern(rf"{_STOPPED_FR} d'être (?P<said>{DIET_FR}){_WHEN_FR}{END_FR}", makers.diet_over("N’est plus {}")),
    pattern(
        rf"je {_NOT}suis plus (?:du tout )?(?P<said>{IS_ILL_FR}){_OVER_FR}",
        makers.health_over("N’est plus {}", "has_condition"),
    ),
    pattern(
        rf"{_HAVE_NOT_FR}(?P<said>(?:d'|de |mon |ma |mes )(?P<what>{ILLNESS_FR})){_OVER_FR}",
        makers.health_over("N’a plus {}", "has_condition"),
    ),
    pattern(
        rf"je ne (?:souffre|fais) plus (?P<said>(?:d'une |d'un |de l'|du |de la |des |de |d')(?P<what>{ILLNESS_FR})){END_FR}",
        makers.health_over("Ne souffre plus {}", "has_condition"),
    ),
    pattern(
        rf"(?:je (?:re(?:mange|bois)|(?:mange|bois) (?:de|à) nouveau|peux (?:de|à) nouveau (?:manger|boire))|"
        rf"j'ai recommencé à (?:manger|boire)|je me suis remise? à (?:manger|boire)) (?P<of>de la |de l'|des |du |de |d'|les |le |la |l')?(?P<what>{_THING}){END_FR}",
        makers.takes_again("fr"),
    ),
    pattern(
        rf"{_STOPPED_FR} (?:de fumer|la cigarette|le tabac){_WHEN_FR}{END_FR}",
        makers.health_over("Ne fume plus", "habit", "smoking"),
    ),
    pattern(rf"je {_NOT}fume plus{_OVER_FR}", makers.health_over("Ne fume plus", "habit", "smoking")),
    pattern(rf"je fume{END_FR}", health_makers.habit("Fume", "smoking")),
    pattern(
        rf"(?i:je ne suis plus (?:avec|marié à|mariée à|en couple avec)|j'ai (?:récemment )?(?:rompu avec|divorcé de)|je (?:me suis|suis) séparée? de|je suis divorcée? de) (?P<called>{NAME}){END_FR}",
        makers.partner_over("N’est plus avec {}", "N’est plus en couple"),
        any_case=False,
    ),
    pattern(
        rf"(?P<called>{NAME}) (?i:et moi,? (?:nous )?{_PARTED_FR}){END_FR}",
        makers.partner_over("N’est plus avec {}", "N’est plus en couple"),
        any_case=False,
    ),
    pattern(
        rf"(?:{_ONE_OF_FR} et moi,? (?:nous )?{_PARTED_FR}|j'ai (?:récemment )?(?:rompu avec|quitté|divorcé de) {_ONE_OF_FR}|je viens de divorcer|"
        rf"je suis (?:de|à) nouveau célibataire|je {_NOT}suis plus (?:mariée?|en couple|fiancée?)){END_FR}",
        makers.partner_over("N’est plus avec {}", "N’est plus en couple"),
    ),
)
