"""What people want left out of answers, or in them again: “don't use bullet points”, « pas d'emojis »."""
# ruff: noqa: E501 - a pattern reads best in one line

from emergence.memory.harvest import makers
from emergence.memory.harvest.drafts import pattern

_FORMS_EN = r"(?:emojis?|smileys|bullet points?|bullets|bullet(?:ed)? lists?|lists|headings|headers|tables|markdown|bold(?: text)?|em[- ]dashes|exclamation marks?|disclaimers|small talk)"
_FORMS_FR = r"(?:[ée]mojis?|smileys|puces|listes(?: à puces)?|titres|tableaux|markdown|gras|tirets(?: cadratins)?|points d'exclamation)"

ENGLISH_FORMS = pattern(
    rf"(?:please,? )?(?:(?:don't|do not|stop|avoid) (?:us(?:e|ing) |put(?:ting)? |giv(?:e|ing) me )?(?:any |so many )?|no (?:more )?){_FORMS_EN}"
    rf"(?: or {_FORMS_EN})?(?P<lasting> in your (?:answers|replies|responses)| with me| when you (?:answer|write|reply)(?: to)?(?: me)?)?(?:,? please)?(?=\s*[.!]*\s*$)",
    makers.plain_instruction,
)
ENGLISH_FORMS_AGAIN = pattern(
    rf"you (?:may|can|are allowed to) (?:use|put|add|include|give me) (?:the |some )?{_FORMS_EN}(?P<lasting> again(?: now)?| from now on)(?:,? please)?(?=\s*[.!]*\s*$)",
    makers.plain_instruction,
)
FRENCH_FORMS = pattern(
    rf"(?:s'il te pla[iî]t,? |stp,? )?(?:n'(?:utilise|emploie)z? (?:pas|plus) |ne (?:mets|mettez|fais|faites) (?:pas|plus) |évitez? |(?:pas|plus) )(?:de |d'|les |des )?{_FORMS_FR}"
    rf"(?: ni (?:de |d')?{_FORMS_FR})?(?P<lasting> dans (?:tes|vos) réponses| avec moi| quand (?:tu|vous) (?:me )?répond(?:s|ez))?(?:,? (?:s'il te pla[iî]t|stp|merci))?(?=\s*[.!]*\s*$)",
    makers.plain_instruction,
)
FRENCH_FORMS_AGAIN = pattern(
    rf"(?:(?:tu peux|vous pouvez) (?P<again>(?:de|à) nouveau )?(?:utiliser|employer|mettre|remettre|réutiliser) (?:des |les |de )?{_FORMS_FR}|"
    rf"(?:remets|remettez|réutilise) (?:des |les ){_FORMS_FR})(?P<lasting> (?:de|à) nouveau| désormais)?(?:,? (?:s'il te pla[iî]t|stp|merci))?(?=\s*[.!]*\s*$)",
    makers.plain_instruction,
)
