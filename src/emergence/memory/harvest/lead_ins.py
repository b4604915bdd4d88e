"""Where a message begins to hold a text that may be somebody else's: behind words that lead in to it.

“The page says”, “please proofread”, “what does this say?”, « corrige », a title, a label before a colon: whoever
pastes seldom quotes. From the first of them on nothing is the person's own; where nothing stands behind it, what it
points at stands before it, and nothing at all is. Statements are lost by this, on purpose: a stranger's words must
never become an instruction, a preference, or a fact in the place of a true one.
"""
# ruff: noqa: E501 - a pattern reads best in long lines

import re
from collections.abc import Iterator

from emergence.memory.harvest.words import AGENTS, PRAISE

_TEXT = (
    r"(?:(?:web ?)?page|(?:web ?)?site|e-?mail|mail|message|text|texto|sms|letter|article|post|tweet|note|sign|label|notice|"
    r"leaflet|flyer|poster|book|chapter|verse|poem|song|lyrics|paper|abstract|document|doc|pdf|file|readme|log|output|error|"
    r"prompt|instructions?|system|(?:chat ?)?bot|model|assistant|comment|review|ad|advert|contract|form|screen(?:shot)?|"
    r"slide|paragraph|sentence|passage|excerpt|quote|caption|subtitle|description|profile|bio|cv|resume|transcript|"
    r"dialogue|story|essay|draft|snippet|code|ticket|issue|newsletter|report|memo|summary|wikipedia|manual|tutorial|"
    r"translation|speech|statement|intro(?:duction)?|answer|reply|"
    r"courriel|mél|lettre|annonce|affiche|panneau|étiquette|livre|chapitre|poème|chanson|consigne|fichier|journal|erreur|"
    r"système|modèle|commentaire|avis|contrat|formulaire|écran|capture|paragraphe|phrase|extrait|citation|légende|profil|"
    r"transcription|histoire|rédaction|brouillon|compte[- ]rendu|tract|texte|publicité|pub|traduction|discours|réponse)s?\b"
)
_THE = (
    r"(?:to |à |of |de )?(?:this|that|these|those|the|my|his|her|our|their|following|ce|cet|cette|ces|le|la|les|l'|mon|ma|mes|son|sa|"
    r"ses|leurs?|notre|nos|du|des|au|aux)"
)
_THE_TEXT = rf"{_THE}\s?(?:[\w'-]+ ){{0,3}}?{_TEXT}"
_THAT_TEXT = (
    rf"(?:{_THE_TEXT}|(?:an?|some|une?) (?:[\w'-]+ ){{0,3}}?{_TEXT}|(?:to )?(?:this|these|those|it|that|following|below|above|"
    r"ceci|cela|ça|(?:ce|cet|cette|ces) [\w'-]+|ce qui suit|ci-dessous|ci-dessus|(?:my|the|for|any) (?:grammar|spelling|typos|"
    r"mistakes)|(?:mes|les|l'|d') ?(?:fautes|orthographe|grammaire))\b)"
)
_BEGINS = r"(?:^|(?<=[.!?;…,\n])[ \t]*)"
_POLITELY = (
    r"(?:please|pls|plz|kindly|(?:can|could|would|will) (?:you|we|i)|(?:need|want|like) you to|help me(?: to)?|let's|hi|hey|"
    rf"hello|ok|okay|so|and|then|now|just|quickly|first|{'|'.join(AGENTS)}|s'il te pla[iî]t|s'il vous pla[iî]t|stp|svp|merci de|"
    r"bonjour|salut|coucou|alors|et|puis|(?:peux|pourrais|veux)-tu|tu (?:peux|pourrais|veux bien)|(?:pouvez|pourriez)-vous|"
    r"vous pouvez|aide[sz]?-moi à|il faut|besoin de|me|nous|juste|vite)"
)
_ASKED = rf"(?:{_BEGINS}|\b{_POLITELY}[,:!]?\s+)"
# What is done to a text that is there already, whatever else is said of it, and what may be done to others as well.
_WORK = (
    r"(?:translate|summari[sz]e|sum up|re-?write|rephrase|reword|paraphrase|proof-?read|polish|spell-?check|tl;?dr|"
    r"transcribe|decipher|decode|repeat after me|simplify|shorten|condense|"
    r"tradui(?:s|sez|re)|résume[zr]?|réécri(?:s|vez|re)|reformule[zr]?|paraphrase[zr]?|corrige[zr]?|relis(?:ez)?|relire|"
    r"raccourci(?:s|ssez|r)|simplifie[zr]?|transcri(?:s|vez|re)|déchiffre[zr]?)(?:-(?:moi|nous|le|la|les))*"
)
_WORK_ON = (
    r"(?:edit|improve|correct|fix|check|review|read|explain|analy[sz]e|parse|classify|interpret|rate|grade|judge|comment|"
    r"continue|complete|finish|extend|format|convert|clean up|look at|go (?:over|through)|have a look at|take a look at|see|"
    r"consider|compare|debug|repeat|execute|run|follow|answer|reply|respond|react|extract|"
    r"améliore|explique|analyse|vérifie|complète|continue|termine|commente|interprète|classe|lis|lire|lisez|regarde|examine|"
    r"compare|mets|mettre|rends|rendre|tourne|réponds|répondre|répondez|réagis|juge|reprends|formate|répète|exécute|extrais)(?:r|z)?(?:-(?:moi|nous|le|la|les))*"
)
_WORKED_ON = re.compile(
    rf"{_ASKED}(?:{_WORK}(?![\w-])|{_WORK_ON}\s+{_THAT_TEXT}|"
    r"(?:use|apply)\s+(?:this|these|those|the following)\b|"
    rf"(?:correct|review|edit|improve|explain|analy[sz]e|explique|analyse|améliore)\s*(?=[.!…]*\s*(?:\n|$)))"
    r"|\b(?:summary|translation|proofreading|correction|opinion|résumé|traduction|relecture|avis),? "
    r"(?:please|pls|s'il (?:te|vous) pla[iî]t|stp|svp)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"(?P<who>[\w'-]+) (?:also |just |once |then |recently |has |have |had |me |m'|nous |lui |leur )*"
    r"(?:says?|said|told|tells|claims?|claimed|wrote|asked|replied|answered|posted|tweeted|texted|announced|shouted|insists|"
    r"mentioned|sent (?:me|us)|goes like|dit|disent|disait|indique|affirme|prétend|annonce|déclare|stipule|"
    r"(?:a|ont|avait) (?:dit|écrit|répondu|demandé|affirmé|annoncé|envoyé|posté|publié|raconté|précisé))\b"
    rf"|(?P<text>{_TEXT}|\b(?:it|this|which|that|il|elle|ça|qui)) (?:\w+ )?(?:reads?|states?|writes|goes|écrit|demande|"
    r"précise|commence)\b",
    re.IGNORECASE,
)
_NOT_OTHERS = frozenset(
    """
    i we you as name to ve have ll d never not didn haven je j tu nous vous ai as avons autrement ceci cela bien soit comme
    d'autre ca te
    """.split()  # noqa: SIM905
)
# A detail of one's own is no text.
_OWN_DETAIL = (
    r"(?:my|our|mon|ma|mes|notre|nos) (?:[\w-]+ ){0,2}?(?:numbers?|address|birthday|age|size|height|weight|schedule|diet|allergies|"
    r"numéros?(?: de (?:téléphone|portable))?|adresse|anniversaire|âge|taille|poids|régime|allergies)\b"
)
_FOUND = re.compile(
    rf"\b(?:here(?: it is|(?: is| are|'s)(?! {_OWN_DETAIL}))|voici(?! {_OWN_DETAIL})|"
    + r"see (?:below|above)|below is|following|forwarded|fwd|(?:need|want|have|did|made) this|(?:need|want) an? (?:translation|summary|proofread\w*|correction|second opinion)|besoin d'une (?:traduction|relecture|correction)|"
    r"(?:this|that|it|ceci)(?: is|'s| est) (?:[\w'-]+ ){1,4}?"
    + _TEXT
    + r"|(?:this|that|it)(?: is|'s| was) (?:from|by|what)|c'est (?:ce que|de la part)"
    r"|c'est (?:[\w'-]+ ){1,4}?" + _TEXT + r"|pasted?|pasting|attached|"
    r"ci-joint|ci-dessous|ci-dessus|copié|collé|transféré|(?:found|got|received|saw|copied|read|wrote|drafted|written) "
    r"(?:this|these|that|(?:an? |the |some )(?:[\w'-]+ ){0,3}?" + _TEXT + r")"
    r"|(?:reçu|trouvé|lu|vu|écrit|rédigé|copié|eu) (?:ceci|cela|ça|(?:cet?|cette|ces|une?|des|le|la|l') ?(?:[\w'-]+ ){0,3}?"
    + _TEXT
    + r"))(?![\w-])",
    re.IGNORECASE,
)
_POINTS = re.compile(
    rf"\b(?!ça va\b)(?:this|these|those|above|below|following|(?:does|did|do|is|was) (?:it|that)\b|(?:of|about|read|with) (?:it|that)|"
    rf"{_THE_TEXT}|(?:my|the) (?:grammar|spelling|english|french)|thoughts|opinions?|feedback|true or false|ceci|cela|ça|"
    r"dit-il|en (?:penses|pensez|dis|dites)|un avis|des avis|vos avis|vrai ou faux|(?:mes|l') ?(?:fautes|orthographe))(?![\w-])",
    re.IGNORECASE,
)
_AT_A_TEXT = re.compile(
    rf"\b(?:say|says|mean|means|said|think|thoughts|opinions?|feedback|true|real|fake|language|langue|written|legit|scam|spam|phishing|correct|"
    rf"right|wrong|sound|read|{_TEXT}|dire|dit|penses|pensez|avis|vrai|vraie|faux|juste|arnaque|correcte?|signifie)(?!\w)",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|we|we're|me|myself|je|moi|nous)\b|\bj'"
    r"|^\W*(?:my|mes|mon|ma) (?:name|birthday|allerg\w+|preferences?|rules?|likes|diet|wish(?:es)?|préférences?|règles?|"
    r"goûts|régime|souhaits?|anniversaire|prénom|favou?rite|pronouns?|pronoms?)"
    rf"|^\W*(?:(?:here(?: is| are|'s)|voici) )?{_OWN_DETAIL}\W*$",
    re.IGNORECASE,
)
# What may stand alone before one's own words.
_OPENS = re.compile(
    r"^\W*(?:(?:hi|hello|hey|ok|okay|thanks|thank you|good (?:morning|evening|afternoon)|please|bonjour|salut|coucou|bonsoir|"
    rf"merci|(?:(?:dear|chère|cher) )?(?:{'|'.join(AGENTS)})|and|so|also|fyi|ps|nb|info|for info|pour info|by the way|btw|au fait|update|correction|"
    r"(?:always |don't |do not )?(?:remember|forget|keep in mind|note|memori[sz]e)|never|always|from now on|in future|"
    r"rappelle\w*|souviens\w*|retiens|retenez|mémorise\w*|note[zs]?|n'oublie\w*|garde\w*|jamais|toujours|désormais|"
    r"dorénavant|à partir de maintenant|à l'avenir|(?:just |juste |quick )?(?:one|a|une?|two|some|few|deux|quelques) (?:\w+ )?"
    r"(?:things?|details?|points?|facts?|détails?|précisions?|rappels?|choses?|infos?))\b[ ,!.]*)+",
    re.IGNORECASE,
)
_OF_ONESELF = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|my|me|mine|myself|we|we're|we've|our|us|je|moi|mon|ma|mes|nous|notre|nos|on)\b|\b[jm]'",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    rf"\b(?:you(?: are|'re)|tu es|t'es|vous êtes) (?:an? |une? |mon )?(?:{PRAISE}|(?:(?:so|really|très|trop|vraiment) )?(?:great|amazing|wonderful|kind|"
    r"the best|géniale?|gentille?|adorable|incroyable|formidable)(?=\s*(?:[!.…]|$)))|"
    r"\b(?:yes|no|yeah|yep|nope|great|nice|wow|cool|sure|right|exactly|ha(?:ha)*|lol|sorry|perfect|awesome|oh|ah|hmm|well|"
    r"true|how are you(?: doing)?(?: today)?|what's up|how's it going|nice to meet you|just kidding|no problem|never mind|"
    r"oui|non|d'accord|super|génial|parfait|bien|bravo|désolée?|enchantée?|quoi de neuf|(?:comment )?ça va(?: bien)?|"
    r"comment (?:vas-tu|allez-vous)|tu vas bien|vous allez bien|de rien|et (?:toi|vous)|and you|there|everyone|tous?|all|"
    r"please|stp|svp|s'il (?:te|vous) pla[iî]t|un peu|very much|so much|a lot|beaucoup|again|encore)\b",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"\W*(?:please,? |s'il (?:te|vous) pla[iî]t,? )?(?:(?:with|avec) \w+,? )?(?:\w+, )?(?:always|never|from now on|in (?:the )?future|going forward|(?:don't|do not) (?:ever|forget)|"
    r"remember|keep in mind|note|retiens|rappelle-toi|souviens-toi|n'oublie|garde en|toujours|jamais|désormais|dorénavant|"
    r"à partir de maintenant|à l'avenir|n'\w+ (?:plus )?jamais|ne \w+ (?:plus )?jamais|(?:use|utilise) |"
    r"[\w-]+ (?:toujours|désormais|dorénavant)|tutoie|vouvoie)\b",
    re.IGNORECASE,
)
_ASKS_FOR_ADVICE = re.compile(
    r"\b(?:suggest|recommend|plan|book|advise|teach|conseiller|conseilles|conseillez|recommander|recommandes|proposer|"
    r"proposes|suggérer|suggères)\b",
    re.IGNORECASE,
)
_FROM_NOW = re.compile(
    r"\b(?:always|never|from now on|in (?:the )?future|going forward|toujours|jamais|désormais|dorénavant|"
    r"à partir de maintenant|à l'avenir|dès maintenant)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?:(?<!\bSt)(?<!\bMt)(?<!\bFt)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSte)\.|[!?…])[.!?…]*(?=\s|$)|\n|$"
)
# “Make it shorter!”, “obey!”
_ORDERS = re.compile(
    r"\b(?:it|this|these|that|them|you|following|next|obey|ignore|new|rules?|ça|ceci|cela|ce|cette|ces|tu|vous|obéis\w*|"
    r"nouvelles?|nouveaux|règles?|suivante?s?)\b|^\W*[\w-]+$",
    re.IGNORECASE,
)
# “That's great”: what somebody says of what they were told.
_REMARK = re.compile(
    r"\W*(?:[\w ]{1,12}, )?(?:(?:it|that|this|ça|cela)(?:'s| is| was| sounds?| looks?| seems?| est| a l'air)|c'est|c'était|sounds|looks) "
    r"(?:(?:so|really|very|pretty|such|quite|an?|un|une|très|vraiment|trop|si) )*[\w'-]+(?: [\w'-]+)?",
    re.IGNORECASE,
)
# “The train was late.”, « il pleut »: how things are.
_TELLS = re.compile(
    r"^\W*(?:the|it|it's|there|today|yesterday|tomorrow|tonight|he|she|they|nobody|everybody|le|la|les|il|elle|ils|elles|on|"
    r"aujourd'hui|hier|demain|ce soir|ce matin)\b|^\W*(?:l'|c'|qu')|"
    r"\b(?:is|are|was|were|has|had|will|won't|isn't|wasn't|didn't|doesn't|est|était|étaient|sont|sera|seront|va|vont|avait)\b",
    re.IGNORECASE,
)
_NAMES_A_TEXT = re.compile(
    rf"\b(?:{_TEXT}|(?:diary|diaries|forum|blog|thread|wiki|journal|carnet|quora|reddit)s?\b)", re.IGNORECASE
)
_LINE = re.compile(r"[^\n]*\n(?:[ \t]*\n)*")
_COLON = re.compile(r"(?<!\d):(?=\s)|:$", re.MULTILINE)
_QUESTION = re.compile(r"[^.!?…\n]*\?")
_QUESTION_ALONE = re.compile(r"\?[ \t]*\n[ \t]*\n")
_POLITE_END = re.compile(
    r"\b(?:thanks?|thank you|please|cheers|merci|stp|svp|s'il (?:te|vous) pla[iî]t|d'avance)\b", re.I
)
MASK = "\x00"


def own_until(text: str) -> int:
    """Return the character at which what is surely the person's own ends; 0: nothing is. Quotations are masked before."""
    begins = min((*_lead_ins(text), *_not_own_sentences(text)), default=len(text))
    return 0 if _points_back(text) else begins


def led_in_from(text: str) -> int:
    """Return the character at which words begin that something may lead in to; the end where nothing does.

    What tells how things are (“It rains.”) leads in to nothing, though it is about nobody.
    """
    begins = min((*_lead_ins(text), *_not_own_sentences(text, _TELLS)), default=len(text))
    return 0 if _points_back(text) else begins


def _lead_ins(text: str) -> Iterator[int]:
    yield from (found.start() for found in _worked_on(text) if not _quotes(text, found))
    yield from (found.start() for found in _REPORTED.finditer(text) if _others(found) and not _quotes(text, found))
    yield from (found.start() for found in _FOUND.finditer(text) if not _quotes(text, found))
    yield from (
        found.start() for found in _QUESTION.finditer(text) if _POINTS.search(found[0]) and not _quotes(text, found)
    )
    yield from (found.start() for found in _QUESTION_ALONE.finditer(text) if text[found.end() :].strip())
    yield from (found.start() for found in _COLON.finditer(text) if not _is_own_label(_before(text, found.start())))
    yield from _titles(text)


def _quotes(text: str, found: re.Match[str]) -> bool:
    """What is quoted in the same sentence ends where its marks do."""
    end = _SENTENCE_END.search(text, found.end())
    return MASK in text[found.start() : end.start() if end else len(text)]


def _others(found: re.Match[str]) -> bool:
    return found["who"] is None or found["who"].lower().rpartition("'")[2] not in _NOT_OTHERS


def _before(text: str, at: int) -> str:
    return re.split(r"[.!?…;\n]", text[:at])[-1]


def _is_own_label(label: str) -> bool:
    if _OPENS.sub("", label).strip(f" {MASK}-*•") == "":
        return True
    names_text = re.search(rf"\b{_TEXT}", label, re.IGNORECASE) or _POINTS.search(label)
    return names_text is None and _FIRST_PERSON.search(label) is not None


def _titles(text: str) -> Iterator[int]:
    """Yield where lines begin that name a text, end without a mark, and have others below them."""
    for line in _LINE.finditer(text):
        words = _before(text, line.start() + len(line[0].rstrip()))
        if not re.search(r"\w", words) or words[-1] in ",:" or MASK in words or not text[line.end() :].strip():
            continue
        if re.search(rf"\b{_TEXT}", words, re.IGNORECASE) is not None:
            yield line.start() + len(line[0].rstrip()) - len(words)


def _not_own_sentences(text: str, but: re.Pattern[str] | None = None) -> Iterator[int]:
    """Yield the ends of sentences that a person would not say before their own: “Exercise 3.”, “Make it shorter.”

    Whatever is neither of them nor a greeting nor a lasting wish may lead in to a text, in words that no list holds.
    """
    start = 0
    for end in _SENTENCE_END.finditer(text):
        sentence = text[start : end.start()].strip()
        tells = but and "?" not in end[0] and but.search(sentence) and not _NAMES_A_TEXT.search(sentence)
        if not tells and not _is_own(sentence, end[0]):
            yield end.end()
            return
        start = end.end()


def _is_own(sentence: str, mark: str) -> bool:
    left = _SMALL_TALK.sub("", _OPENS.sub("", sentence))
    if not re.search(r"[^\W_]", left) or _OF_ONESELF.search(sentence) or _LASTING.match(sentence):
        return True
    if re.search(rf"\b{_TEXT}", sentence, re.IGNORECASE) is not None:
        return False
    if "?" in mark:
        return _ASKS_FOR_ADVICE.search(sentence) is not None
    return _REMARK.fullmatch(sentence) is not None or ("!" in mark and _ORDERS.search(sentence) is None)


def _points_back(text: str) -> bool:
    """Return whether something asks about a text and has nothing behind it: that text stands before."""
    asking = [found for found in _QUESTION.finditer(text) if _POINTS.search(found[0]) and _AT_A_TEXT.search(found[0])]
    for found in (*_worked_on(text), *asking):
        end = _SENTENCE_END.search(text, found.end() - 1)
        rest = text[end.end() :] if end else ""
        if not _quotes(text, found) and not re.search(r"\w", _POLITE_END.sub("", rest)):
            return True
    return False


def _worked_on(text: str) -> Iterator[re.Match[str]]:
    """Yield where a text is to be worked on; “from now on, translate…” is how to answer."""
    return (found for found in _WORKED_ON.finditer(text) if not _FROM_NOW.search(_before(text, found.end())))
