"""What a question asks for as lexemes and spans of time: the beginning of every statement that ranks."""

from collections.abc import Sequence
from dataclasses import dataclass

from emergence.kernel.storage.database import Transaction
from emergence.memory.question.words import Language
from emergence.memory.store.spans import Span, multirange


@dataclass(frozen=True, slots=True)
class Form:
    """A word as it is looked for: by its stem in its language, or in either where that is not known.

    Read as French, “sea” would be looked for as “se”, and find whoever says “I see”.
    """

    word: str
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """One thing that a question asks for; any of its forms finds it, and what was said in one of `spans`.

    A term whose `name` is a speaker's asks for what they said, not for who mentions them.
    """

    shown: str
    name: str
    forms: tuple[Form, ...]
    spans: tuple[Span, ...] = ()


# $2 and $3: the places of terms, and their words, each behind the letter of its language or a dash; $4: the spans of
# each term, in the order of places.
FORMS = """
forms AS MATERIALIZED (
    SELECT place, quote_literal(lexeme) AS form
    FROM unnest($2::integer[], $3::text[]) AS written (place, marked),
        LATERAL (SELECT left(marked, 1) AS language, substr(marked, 2) AS word) AS form,
        unnest(
            CASE WHEN language <> 'f' THEN ts_lexize('english_stem', folded(word)) END
            || CASE WHEN language <> 'e' THEN ts_lexize('french_stem', folded(word))
                || string_to_array(folded(array_to_string(ts_lexize('french_stem', word), ' ')), ' ') END
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
    forms = [(place, form) for place, term in enumerate(terms, start=1) for form in term.forms]
    return (
        [place for place, _ in forms],
        [f"{form.language[0] if form.language else '-'}{form.word}" for _, form in forms],
        [multirange(term.spans) for term in terms],
    )


async def get_ready(tx: Transaction) -> None:
    """Let this transaction rank: twenty thousand rows not through a file, and nothing compiled, which takes longer.

    Plans are for the person at hand: the sixth question on a connection would wait for one that goes for everybody,
    with 64 parts of each table, 40 ms or more, only to drop it.
    """
    await tx.execute(
        "SELECT set_config('work_mem', '32MB', true), set_config('jit', 'off', true),"
        " set_config('plan_cache_mode', 'force_custom_plan', true)"
    )
