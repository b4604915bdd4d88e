"""The code that proves that somebody can read what the server printed at its start."""

import hmac
from hashlib import sha256
from uuid import UUID

from emergence.auth.parts import Auth
from emergence.auth.store.deployment import read_deployment

KEY_LABEL = "setup-code/v1"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
GROUPS, GROUP_LENGTH = 8, 4


async def setup_code(auth: Auth) -> str | None:
    """Return the code to print at start, or None when there is an administrator or no code is asked for.

    All instances of a deployment and all restarts have the same one; it ends with the claim.
    Raises DatabaseUnavailable.
    """
    if auth.settings.auth_claim != "code":
        return None
    deployment = await read_deployment(auth.database)
    return None if deployment.is_claimed else code_for(auth, deployment.id)


def code_for(auth: Auth, deployment_id: UUID) -> str:
    """Return the code of one deployment: 32 characters of 31 kinds, about 158 bits."""
    digest = int.from_bytes(hmac.digest(auth.setup_code_key, deployment_id.bytes, sha256), "big")
    letters = ""
    for _ in range(GROUPS * GROUP_LENGTH):
        digest, place = divmod(digest, len(ALPHABET))
        letters += ALPHABET[place]
    return "-".join(letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH))


def is_same_code(given: str, expected: str) -> bool:
    """Compare in constant time, whatever the case and the separators somebody typed."""
    typed = "".join(letter for letter in given.lower() if letter.isalnum())
    return hmac.compare_digest(typed.encode(), expected.replace("-", "").encode())
