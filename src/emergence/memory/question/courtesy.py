"""What people say around a question, and nothing of what is asked: greetings, thanks, “could you remind me of”."""

import re

from emergence.memory.question.words import words_of

_ENGLISH = (
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: there| again)?\b(?=\W|$)",
    r"(?:many thanks|thanks|thank you)(?: (?:so|very) much| a lot| in advance)?",
    r"(?:(?:can|could|would|will) you )?(?:please |kindly )?(?:tell|remind|show) me(?: again)?(?: of| about)?",
    r"(?:can|could|would|will) you (?:please |kindly )?(?:remember|recall|say|repeat|let me know)",
    r"do you (?:still )?(?:know|remember|recall)(?: by any chance)?",
    r"i (?:forgot|have forgotten|(?:do not|don['’]?t|can ?not|can['’]?t) (?:remember|recall))",
    r"i (?:was wondering|wonder|want to know|need to know|(?:would|['’]d) like to know)",
    r"please|kindly|by the way|(?:one|a|just a) (?:quick |short )?question",
)
_MAY_YOU = r"(?:peux|pourrais|pouvez|pourriez)"
_SAY = r"(?:me |m['’])?(?:dire|redire|rappeler|indiquer|répéter)"
_FRENCH = (
    r"(?:bonjour|bonsoir|salut|coucou)(?: à toi| à vous)?",
    r"s['’ ]?il (?:te|vous) pla[iî]t|stp|svp",
    r"(?:un grand |grand )?merci(?: d['’ ]avance| beaucoup| bien)?|d['’]avance",
    rf"(?:est[- ]ce que )?(?:tu|vous) {_MAY_YOU} {_SAY}",
    rf"{_MAY_YOU}[- ](?:tu|vous) {_SAY}",
    r"(?:re)?(?:dis|dites|rappelle|rappelez)[- ]moi",
    r"(?:est[- ]ce que )?tu (?:te |t['’])?(?:sais|souviens|rappelles)(?: encore)?(?: de)?",
    r"(?:sais|te souviens|te rappelles)[- ]tu(?: encore)?(?: de)?|vous souvenez[- ]vous(?: de)?",
    r"je (?:ne )?(?:me )?(?:sais|souviens|rappelle) plus(?: de)?|j['’]ai oublié",
    r"j['’]aimerais (?:bien )?savoir|je (?:voudrais|veux|souhaite) (?:bien )?savoir",
    r"au fait|(?:une )?(?:petite )?question",
)
_COURTESY = re.compile(rf"(?<!\w)(?:{'|'.join((*_ENGLISH, *_FRENCH))})(?!\w)[\s,;:!.…-]*", re.IGNORECASE)


def without_courtesy(text: str) -> str:
    """Return what a question asks; the whole text where nothing else is left."""
    asked = beside_courtesy(text)
    return asked if words_of(asked) else text


def beside_courtesy(text: str) -> str:
    """Return what is left of a text without such words; perhaps nothing."""
    return _COURTESY.sub(" ", text).strip()
