"""What a message asks, where it says something else besides: “I just got home. Where is my vault?”"""

import re

from emergence.memory.question.courtesy import beside_courtesy
from emergence.memory.question.words import STOP_WORDS, folded, words_of

_SENTENCE = re.compile(r"[^.!?…\n]*(?:[.!?…]+(?!\s|$)[^.!?…\n]*)*(?:[.!?…]+|\n|$)")
# What stands for somebody who was named before: their question cannot be read alone.
_REFERS = re.compile(
    r"\b(?:he|she|him|her|his|hers|they|them|their|theirs|it|its|this|that|these|those|there|one"
    r"|il|elle|ils|elles|lui|leurs?|son|sa|ses|cela|ca|celui|celle|ceux|celles|y|en|la-bas)\b"
)


def asked_in(message: str) -> tuple[str, ...]:
    """Return the texts to look for, one after the other as long as nothing is found; the last is the whole message.

    The sentences that ask go first, unless they point at what was said before them: then the whole does.
    """
    sentences = [found[0].strip() for found in _SENTENCE.finditer(message)]
    asking = " ".join(sentence for sentence in sentences if sentence.endswith("?"))
    if not _telling(asking) or not _telling(" ".join(each for each in sentences if not each.endswith("?"))):
        return (message,)
    return (message, asking) if _REFERS.search(folded(asking)) else (asking, message)


def _telling(text: str) -> set[str]:
    return {folded(word) for word in words_of(beside_courtesy(text))} - STOP_WORDS
