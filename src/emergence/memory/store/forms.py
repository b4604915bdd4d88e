"""What a question asks for as lexemes and spans of time: the beginning of every statement that ranks."""

from collections.abc import Sequence
from dataclasses import dataclass

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.spans import Span, multirange


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """One thing that a question asks for; any of its forms finds it.

    `words` are read as English and as French; what was said in one of `spans` is found too.
    A term whose `name` is a speaker's asks for what they said, not for who mentions them.
    """

    shown: str
    name: str
    words: tuple[str, ...]
    spans: tuple[Span, ...] = ()


# $2 and $3: words and the places of their terms; $4: the spans of each term, in the order of places.
FORMS = """
forms AS MATERIALIZED (
    SELECT place, quote_literal(lexeme) AS form
    FROM unnest($2::integer[], $3::text[]) AS written (place, word),
        unnest(
            ts_lexize('english_stem', folded(word)) || ts_lexize('french_stem', folded(word))
            || string_to_array(folded(array_to_string(ts_lexize('french_stem', word), ' ')), ' ')
        ) AS lexeme
    WHERE lexeme <> ''
),
terms AS MATERIALIZED (
    SELECT place, string_agg(DISTINCT form, ' | ')::tsquery AS wanted FROM forms GROUP BY place
),
spans AS MATERIALIZED (
    SELECT place, said::tstzmultirange AS span FROM unnest($4::text[]) WITH ORDINALITY AS dated (said, place)
    WHERE said <> '{}'
)"""


def written(terms: Sequence[AskedTerm]) -> tuple[list[int], list[str], list[str]]:
    """Return what stands for the terms in a statement: the three parameters of `FORMS`."""
    words = [(place, word) for place, term in enumerate(terms, start=1) for word in term.words]
    return [place for place, _ in words], [word for _, word in words], [multirange(term.spans) for term in terms]


async def get_ready(tx: Transaction) -> None:
    """Let this transaction rank: twenty thousand rows not through a file, and nothing compiled, which takes longer.

    Plans are for the person at hand: the sixth question on a connection would wait for one that goes for everybody,
    with 64 parts of each table, 40 ms or more, only to drop it.
    """
    await tx.execute(
        "SELECT set_config('work_mem', '32MB', true), set_config('jit', 'off', true),"
        " set_config('plan_cache_mode', 'force_custom_plan', true)"
    )
