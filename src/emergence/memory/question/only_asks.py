"""Whether something that was said only asks, and tells nothing: “What is my dog's name?” is no memory of the dog.

A question that carries something stays one: “Did I tell you that my dog Rex is ill?”, “What can I cook for my vegan sister?”.
"""
# ruff: noqa: E501 - a pattern reads best in one line

import re

# Where a question begins; “I live in Nantes, right?” begins otherwise, and states.
_ASKS = re.compile(
    r"(?:so|and|but|hey|hi|hello|ok|okay|well|by the way|et|mais|alors|dis|bonjour|salut|au fait)?[\s,]*(?:"
    r"what|who|whom|whose|where|when|why|which|how|do|does|did|is|are|am|was|were|have|has|had|can|could|will|would|"
    r"shall|should|may|any|you (?:remember|know|recall)|don't you|didn't i|"
    r"que|qu'|quoi|qui|où|quand|comment|combien|pourquoi|quel(?:le)?s?|lequel|laquelle|est-ce|c'est (?:quoi|qui|quand|où)|"
    r"(?:te )?(?:sais|souviens|rappelles|connais|peux|pourrais|as|es|a|est|ai|suis|vas)-(?:tu|t-(?:il|elle)|il|elle|je|ce)|"
    r"(?:est-ce que )?tu (?:te |t')?(?:sais|souviens|rappelles|connais)|(?:à|de|pour|avec|depuis|chez) (?:qui|quoi|quel(?:le)?s?|quand|combien|où)"
    r")(?![\w-]*')(?!\w)|qu'|(?:what|who|where|when|how)'s\b",
    re.IGNORECASE,
)
# What asks without a mark, too: “remind me what …”, but not “remind me to …”.
_ASKS_UNMARKED = re.compile(
    r"(?:(?:so|and|but|hey|hi|hello|ok|okay|well|please|et|mais|alors|dis|bonjour|salut)[\s,]+)*(?:"
    r"(?:(?:can|could|would|will) you |please )*(?:remind|tell) me (?:again )?(?:what|who|whose|where|which|how|when (?!i\b|it\b)|(?:of )?(?:the|my) (?:[\w'-]+ ){0,3}?(?:name|age|address|number|birthday)\b)|"
    r"(?:what|who|where|when|how)(?:'s| is| are| was| were| do| does| did| has| have| old| much| many)\b|what \w+ (?:is|are|do|does|did)\b|"
    r"which \w+ (?:is|are|do|does|did)\b|do you (?:know|remember|recall)\b|"
    r"(?:dis|dites|rappelle|rappelez|redis)-moi (?:encore )?(?:comment|qui|où|quel(?:le)?s?|combien|pourquoi|quand (?!je\b|j'|il\b)|ce que|le (?:pré)?nom|l'(?:âge|adresse|anniversaire)|la date|le numéro)(?!\w)|"
    r"(?:comment s'appelle|où (?:habite|est|sont|vit|travaille|j'habite|je )|quel(?:le)?s? (?:est|sont|était|étaient)|qui (?:est|était)|quand (?:est|a lieu)|c'est (?:quoi|qui|quand|où))(?!\w)|"
    r"(?:te souviens-tu|sais-tu|tu te souviens|tu sais (?:où|comment|qui|quel))(?!\w))",
    re.IGNORECASE,
)
# « J'habite où ? », “I live where?”: what is asked stands last.
_ASKS_LAST = re.compile(
    r"[^,;:]* (?:(?:à|de|pour|avec|depuis|chez|en) )?(?:comment|où|quand|qui|quoi|combien|quel(?:le)?s? \w+|what|where|who|when) ?[?!]+",
    re.IGNORECASE,
)
_MARKED = re.compile(r"\?[?!]*$")
# What somebody only tells: a time or number, what is said after a colon, what they like, what befell them.
_CARRIES = re.compile(
    r"\d|:\s*\w|"
    r"(?<!\bdo )(?<!\bdid )\b(?:i (?:really |do |just |still )*(?:hate|like|love|enjoy|prefer|dislike|adore|loathe|can't stand)|"
    r"(?:je |j')(?:déteste|hais|aime|adore|préfère|n'aime pas|ne supporte pas))(?! (?:best|most|more|better|le plus|le mieux)\b) +\w|"
    r"(?<!\btell )(?<!\btold )(?<!\bremind )(?<!\bshow )(?<!\bgive )(?<!\basked )(?<!\bask )(?<!\bhelp )(?<!\blet )(?<!\bfor )(?<!\bto )(?<!\babout )"
    r"(?<!\brecommend )(?<!\bsuggest )(?<!\bcall )(?<!\bof )(?<!\bwith )(?<!\bknow )(?<!\bremember )\bme\b(?! (?:rappel|dire|redire|répét|souv|rest|montr))",
    re.IGNORECASE,
)
# “Do you know what I like to drink?” asks for it; “how much I hate it” tells.
_TASTE_ASKED = re.compile(
    r"\b(?:what|which|who|whom|where|when|quel(?:le)?s?|quoi|ce qu[e']|qui|où|quand)(?: [\w'-]+){0,2}? ?(?:i|je|j') ?(?:really |do |just |still )*"
    r"(?:hate|like|love|enjoy|prefer|dislike|adore|déteste|aime|préfère)",
    re.IGNORECASE,
)
# “What did I say in 2024?”: a time that is asked about tells nothing. “Why did I leave Acme in 2019?” does.
_ASKS_OF_A_TIME = re.compile(
    r"(?:(?:what|who|whom|where|when|which(?: [\w'-]+)?|what [\w'-]+|how (?:old|much|many|often|long)(?: [\w'-]+)?)\b|(?:did|do|have) (?:i|we|you)\b|"
    r"(?:(?:à|de|avec|chez) )?(?:que|quoi|qui|où|quand|combien|quel(?:le)?s?)\b|qu'|est-ce (?:que |qu')(?:je|j'|tu|on|nous)|(?:ai|as|avons|avions)-)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_TIME_ASKED = re.compile(
    r"\b(?:in|of|during|since|before|after|until|en|de|depuis|avant|après|pendant) (?:the year |l'année |the )?"
    rf"(?:{_MONTH} )?(?:19|20)\d\d\b"
    rf"|\b(?:on|le) (?:the )?(?:\d{{1,2}}(?:st|nd|rd|th|er)?(?: of)? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)(?:,? (?:19|20)\d\d)?\b",
    re.IGNORECASE,
)
# Who wants help says what it is for; “where do I live?” wants none.
_HELP = re.compile(
    r"\b(?:should|can|could|would|might) (?:i|we)\b|\bhow (?:can|should) (?:i|we)\b|\bhow to\b|"
    r"\bhow do (?:i|we) (?!(?:like|take|prefer|drink|want|feel)\b)|"
    r"\b(?:what|which|who|where)(?: [\w'-]+)? do (?:i|we) (?:do|cook|make|give|buy|wear|bring|say|tell|write|answer|reply|need|get|put|ask|turn|begin|start)\b|"
    r"\b(?:can|could|would|will) you (?!(?:please )?(?:tell|remind|say|repeat|remember|recall|show)\b)|"
    r"\b(?:recommend|suggest|advise|ideas?|tips?|best way)\b|"
    r"\b(?:puis-je|dois-je|devrais-je|je (?:peux|dois|devrais|pourrais|fais(?! (?:dans la vie|comme)\b))|pouvons-nous|on (?:peut|doit|pourrait))\b|"
    r"\b(?:peux|pourrais|pouvez|pourriez)-(?:tu|vous) (?!(?:me |m')?(?:dire|rappeler|redire|répéter)\b)|"
    r"\b(?:conseill\w+|recommand\w+|suggér\w+|propos\w+|idées?)\b",
    re.IGNORECASE,
)
_ONESELF = re.compile(r"\b(?:i|i'm|my|me|our|we|us|je|j'|mon|ma|mes|notre|nos|moi|nous)(?!\w)", re.IGNORECASE)
# What is said beside the question, or within it.
_TELLS = re.compile(
    r"\b(?:because|since (?:i|my|we)|given that|now that|so that|considering|as i|if i|parce qu|puisqu|vu qu|étant donné|comme (?:j|mon|ma)|maintenant qu|sachant qu)|"
    r"\b(?:that|than|which|who|(?<!-ce )qu[e']|dont) ?(?:i|i'm|i've|my \w+|we|our \w+|je|j'|mon \w+|ma \w+|mes \w+|nous)(?: \w+)?(?!\w)|"
    r"\b(?:tell|told|know|knew|remember|mention(?:ed)?|say|said|hear|heard) (?:you |me )?(?:that )?(?:i'm|i am|i have|i've|my [\w' ]{2,30}? (?:is|are|was|has|have|lives?|works?|died|plays?))\b",
    re.IGNORECASE,
)
_WH = (
    r"(?:what|who|whom|whose|where|when|why|which|how|quel(?:le)?s?|où|quand|comment|combien|pourquoi|qui|quoi|ce que)"
)
_ASKS_WITHIN = re.compile(
    rf"\b(?:know|remember|recall|tell (?:you|me)|told (?:you|me)|sais|souviens|rappelles|dit) {_WH}\b", re.IGNORECASE
)
_NAMED = re.compile(r"\b(?i:my|our|mon|ma|mes|notre) (?:[a-zà-ÿ]+ ){1,2}[A-ZÀ-Ý][\w-]+(?!['’]s)")
_BESIDE = re.compile(r"[,:;(–—] *(?:i|i'm|i've|my|we|our|je|j'|mon|ma|mes|nous)(?!\w)", re.IGNORECASE)
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|thanks|thank you|ok|okay|bonjour|bonsoir|salut|coucou|merci)\b[\s,.!…]*)+", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
# Of questions that were asked, one may ask as well.
_ABOUT_QUESTIONS = re.compile(
    r"\b(?:asked|did (?:i|we) (?:ever )?ask|have i (?:ever )?ask|questions?|demandé|demandais|posé)\b", re.IGNORECASE
)


def only_asks(said: str) -> bool:
    """Return whether everything that was said is a question, and none of it tells anything."""
    sentences = [found[0].strip() for found in _SENTENCE.finditer(said.replace("’", "'")) if re.search(r"\w", found[0])]
    asking = [sentence for sentence in sentences if _GREETING.fullmatch(sentence) is None]
    return bool(asking) and all(_asks(sentence) for sentence in asking)


def asks_for_questions(query: str) -> bool:
    """Return whether it is former questions that somebody asks for: “what did I ask you about visas?”."""
    return _ABOUT_QUESTIONS.search(query) is not None


def _asks(sentence: str) -> bool:
    is_marked = _MARKED.search(sentence) is not None
    if not (
        (is_marked and (_ASKS.match(sentence) or _ASKS_LAST.fullmatch(sentence))) or _ASKS_UNMARKED.match(sentence)
    ):
        return False
    if _CARRIES.search(_TASTE_ASKED.sub("", _without_time_asked(sentence))):
        return False
    if _BESIDE.search(sentence) or _NAMED.search(sentence):
        return False
    if _HELP.search(sentence) and _ONESELF.search(sentence):
        return False
    return _TELLS.search(sentence) is None or _ASKS_WITHIN.search(sentence) is not None


def _without_time_asked(sentence: str) -> str:
    opened = re.sub(
        r"^(?:(?:so|and|but|hey|hi|hello|ok|okay|well|et|mais|alors|dis|bonjour|salut)[\s,]+)+",
        "",
        sentence,
        flags=re.I,
    )
    return _TIME_ASKED.sub("", sentence) if _ASKS_OF_A_TIME.match(opened) else sentence
