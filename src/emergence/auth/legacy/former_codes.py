"""Recovery codes of the former system: kept as ours are, and found by a keyed hash because they have no place letter.

They were plain, or SHA-256 of what people were shown. Either way they are hashed once more as passwords are.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from emergence.auth.parts import Auth
from emergence.auth.store import second_factors as store
from emergence.auth.totp import DIGITS

SHA256_HEX = re.compile(r"[0-9a-f]{64}")
PLAIN = re.compile(r"[A-Z0-9]{6,64}")
PLACE_CHARACTERS = 32


def usable_form(code: str) -> str | None:
    """Return what is kept of a code, plain or hashed; None for one that could not be told from an authenticator's."""
    if SHA256_HEX.fullmatch(code.strip().lower()):
        return _of_hash(code.strip().lower())
    bare = _bare(code)
    is_like_totp = len(bare) == DIGITS and bare.isdigit()
    return bare if PLAIN.fullmatch(bare) and not is_like_totp else None


async def hashes_of(auth: Auth, forms: Sequence[str]) -> Mapping[str, str]:
    """Return place and hash of each usable form. Raises SignInBusy."""
    key = auth.known_address_keys[0]
    return {_place(key, form): await auth.passwords.hash(form) for form in dict.fromkeys(forms)}


async def use_former_code(auth: Auth, user_id: UUID, typed: str) -> bool:
    """Use a code up, whatever its case and separators; False when it is none, after the same work.

    Raises SignInBusy.
    """
    forms = _typed_forms(typed)
    places = {_place(key, form): form for key in auth.known_address_keys for form in forms}
    found = await store.find_recovery_code(auth.database, user_id, list(places))
    form, hashed = (places[found.place], found.hash) if found else (forms[0], None)
    verdict = await auth.passwords.check(form, hashed)
    if found is None or not verdict.is_right:
        return False
    async with auth.database.transaction() as tx:
        return await store.use_recovery_code(tx, user_id, found.place, found.hash, auth.clock.now())


def _typed_forms(typed: str) -> list[str]:
    """Return every form that may be kept of what was typed: the former system hashed codes as it showed them."""
    bare = _bare(typed)
    written = dict.fromkeys([typed, typed.upper(), typed.lower(), bare, bare.lower()])
    return [bare, *(_of_hash(sha256(text.encode()).hexdigest()) for text in written)]


def _bare(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _of_hash(digest: str) -> str:
    return f"sha256:{digest}"


def _place(key: bytes, form: str) -> str:
    return hmac.digest(key, f"former-code:{form}".encode(), sha256).hex()[:PLACE_CHARACTERS]
