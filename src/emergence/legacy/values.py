"""What stands in a column of the former system, as the value that it means; None where it means nothing."""

import json
from base64 import b32decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from emergence.contracts.session.carrying import EARLIEST, SKEW
from emergence.legacy.store import Value
from emergence.session.imports.found import moment_of, without_surrogates

NUMBER_MAX = 2**63 - 1
TRUE_WORDS = frozenset({"1", "true", "yes", "t", "y"})


def text_in(value: object) -> str | None:
    """Return a text that can be stored; None for an empty one."""
    if value is None or isinstance(value, Mapping | list):
        return None
    text = without_surrogates(str(value))
    return text if text.strip() else None


def moment_in(value: object) -> datetime | None:
    """Return a time, of UTC where it names no zone; None for one before 1970 or still to come."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    elif (found := moment_of(value)) is not None:
        moment = found
    else:
        return None
    return moment if EARLIEST <= moment <= datetime.now(UTC) + SKEW else None


def is_true(value: Value) -> bool:
    """Return whether a flag is set, as a number or as a word."""
    return str(value).strip().lower() in TRUE_WORDS or (isinstance(value, float) and value == 1)


def count_in(value: Value) -> int | None:
    """Return a whole number that is not negative."""
    try:
        number = int(str(value)) if isinstance(value, str | int) else int(value or 0)
    except (ValueError, OverflowError):
        return None
    return number if value is not None and 0 <= number <= NUMBER_MAX else None


def money_in(value: Value) -> Decimal | None:
    """Return an amount as it was written: the shortest decimal number that is this one."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < NUMBER_MAX else None


def list_in(value: Value) -> list[object] | None:
    """Return a JSON list; None where there is none."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def base32_in(text: str) -> bytes | None:
    """Return the bytes of a seed as authenticator apps show it: in groups, in any case, without its padding."""
    bare = "".join(text.split()).replace("-", "").rstrip("=").upper()
    try:
        seed = b32decode(bare + "=" * (-len(bare) % 8))
    except ValueError:  # binascii's own, and the plain one for letters beyond ASCII
        return None
    return seed or None


def texts_in(values: Sequence[object]) -> tuple[str, ...]:
    """Return the texts in a list of texts, or of objects that have one as `code` or `hash`."""
    found = (each.get("code") or each.get("hash") if isinstance(each, Mapping) else each for each in values)
    return tuple(text for text in map(text_in, found) if text is not None)
