"""What people want of answers in few words: “don't use bullet points”, « pas d'emojis », “keep your answers short”."""
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

# How long, or in what tone, all answers are to be: “keep your answers short”, « garde tes réponses courtes ».
_HOW_EN = r"(?:(?:very |more |quite )?(?:short|shorter|brief|briefer|concise|succinct|simple|simpler|direct|detailed|longer|formal|informal|casual|friendly|polite|to the point)|(?:under|below) \d+ words)"
_HOW_FR = r"(?:(?:plus |très |assez )?(?:courtes?|brèves?|concises?|succinctes?|simples?|directes?|détaillées?|longues?|formelles?|polies?)|(?:en )?(?:moins de|sous les) \w+ mots)"
_ANSWERS_EN = r"(?:answers|replies|responses|explanations)"
_ANSWERS_FR = r"(?:réponses|explications)"
_SHORT_FR = r"(?:plus |très )?(?:brèf|bref|brève|concise?|succincte?|directe?|formelle?|courte?)"
_POLITE_EN, _POLITE_FR = r"(?:please,? )?", r"(?:s'il te pla[iî]t,? |stp,? )?"
_END_EN = r"(?:,? (?:please|thanks|thank you))?(?=\s*[.!]*\s*$)"
_END_FR = r"(?:,? (?:s'il te pla[iî]t|stp|s'il vous pla[iî]t|merci))?(?=\s*[.!]*\s*$)"

ENGLISH_WISHES = (
    pattern(
        rf"{_POLITE_EN}(?:keep|make) (?:all )?(?P<lasting>(?:of )?your )?(?:future )?{_ANSWERS_EN} {_HOW_EN}(?:,? and {_HOW_EN})?{_END_EN}",
        makers.plain_instruction,
    ),
    pattern(
        rf"{_POLITE_EN}be {_HOW_EN}(?:,? and {_HOW_EN})?(?P<lasting> in (?:all )?your {_ANSWERS_EN}| when you (?:answer|reply)(?: to)?(?: me)?){_END_EN}",
        makers.plain_instruction,
    ),
    pattern(rf"{_POLITE_EN}{_HOW_EN} {_ANSWERS_EN}(?: only)?{_END_EN}", makers.plain_instruction),
    pattern(
        rf"{_POLITE_EN}(?:stop|don't keep|do not keep) (?:apologi[sz]ing|thanking me|repeating (?:yourself|my question)|flattering me)(?P<lasting> all the time)?{_END_EN}",
        makers.plain_instruction,
    ),
)
FRENCH_WISHES = (
    pattern(
        rf"{_POLITE_FR}(?:garde|gardez|fais|faites|donne|donnez)(?:-moi)? (?:(?P<lasting>(?:toutes )?(?:tes|vos) )|des ){_ANSWERS_FR} {_HOW_FR}(?: et {_HOW_FR})?{_END_FR}",
        makers.plain_instruction,
    ),
    pattern(
        rf"{_POLITE_FR}(?:sois|soyez|reste|restez) {_SHORT_FR}(?: et {_SHORT_FR})?(?P<lasting> dans (?:toutes )?(?:tes|vos) {_ANSWERS_FR}| quand (?:tu|vous) (?:me )?répond(?:s|ez)){_END_FR}",
        makers.plain_instruction,
    ),
    pattern(rf"{_POLITE_FR}(?:des )?{_ANSWERS_FR} {_HOW_FR}{_END_FR}", makers.plain_instruction),
    pattern(
        rf"{_POLITE_FR}(?:arrête|arrêtez) de (?:t'excuser|vous excuser|me remercier|te répéter|vous répéter|répéter ma question|me flatter)(?P<lasting> tout le temps)?{_END_FR}",
        makers.plain_instruction,
    ),
    pattern(
        rf"(?P<lasting>on (?:peut )?se (?:tutoie|tutoyer|vouvoie|vouvoyer)|je préfère (?:qu'on (?:me|se) (?:tutoie|vouvoie)|être (?:tutoyée?|vouvoyée?))|tu peux me tutoyer){_END_FR}",
        makers.plain_instruction,
    ),
)
