"""Which of our languages somebody reads: as they say in so many words, or as their browser asks for."""

from typing import Annotated, Literal, get_args

from fastapi import Depends, Query, Request

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
RANGES_AT_MOST = 20
_ACCEPTED = "of the few words that the file says itself; default: what Accept-Language prefers, or else English"


def asked_language(
    request: Request, language: Annotated[Language | None, Query(description=_ACCEPTED)] = None
) -> Language:
    """Return the language in which a file is asked for."""
    return language or accepted_language(request.headers.get("accept-language", "")) or "en"


AskedLanguage = Annotated[Language, Depends(asked_language)]


def accepted_language(header: str) -> Language | None:
    """Return our language that an Accept-Language header prefers; None when it names none of them.

    Regions do not count (`fr-CA` is `fr`). Source: RFC 9110 §12.5.4.
    """
    wanted = [_range_of(part) for part in header.split(",")[:RANGES_AT_MOST]]
    for _, tag in sorted(wanted, key=lambda each: -each[0]):  # stable: among equals the first one
        for language in LANGUAGES:
            if tag.partition("-")[0] == language:
                return language
    return None


def _range_of(part: str) -> tuple[float, str]:
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        weight = float(value) if name.strip() == "q" else 1.0
    except ValueError:
        weight = 0.0
    return (weight, tag.strip().lower()) if weight > 0 else (0.0, "")
