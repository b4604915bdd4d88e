"""Ask for a proof of work while many guesses are being made: cheap for a person, dear for who guesses by the thousand.

ALTCHA version 2: the challenge is signed and not stored, its solution counts once.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from emergence.auth.callers import Caller
from emergence.auth.limit_attempts import EVERYBODY, FROM_ADDRESS, OF_EVERYBODY, address_key
from emergence.auth.parts import Auth
from emergence.auth.store import attempts, spent_proofs
from emergence.contracts.auth.problems import ProofOfWorkRequired
from emergence.contracts.auth.signing_in import WorkChallenge

if TYPE_CHECKING:
    from altcha import Payload

KEY_LABEL = "proof-of-work/v1"
LIFETIME = timedelta(minutes=10)  # a slow telephone, and a person who reads before sending
ALGORITHM = "PBKDF2/SHA-256"  # the one of ALTCHA's that every browser has built in
ITERATIONS = 2_000  # about half a millisecond each; the server does it once
TRIES_FROM, TRIES_BELOW = 1_000, 2_000  # about a second of a laptop, three of an old telephone
END = "end"  # in the signed data: the package would compare its own with the machine's clock
UNDER_ATTACK_FROM = 0.5  # of the limit for everybody


async def require_work_when_under_attack(auth: Auth, altcha: str | None, caller: Caller) -> None:
    """Let the caller through when nothing is wrong, or with a solved challenge; it is used up.

    Something is wrong when more than half of what everybody may guess was guessed, or when this address has used up
    its own guesses. Raises ProofOfWorkRequired with a challenge to solve.
    """
    if not await _is_under_attack(auth, caller):
        return
    if altcha is None or not await _is_proved(auth, altcha):
        raise ProofOfWorkRequired(members={"challenge": new_challenge(auth).model_dump()})


def new_challenge(auth: Auth) -> WorkChallenge:
    """Return a challenge that is good for ten minutes."""
    from altcha import create_challenge  # loaded when first needed: a start is measured

    end_s = int((auth.clock.now() + LIFETIME).timestamp())
    signing, of_result = _keys(auth)
    made = create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=TRIES_FROM + secrets.randbelow(TRIES_BELOW - TRIES_FROM),
        data={END: end_s},
        hmac_secret=signing,
        hmac_key_secret=of_result,
    )
    return WorkChallenge.model_validate(made.to_dict())


async def _is_under_attack(auth: Auth, caller: Caller) -> bool:
    if not auth.settings.has_secure_pages():
        return False  # browsers compute nothing for pages that came over plain http: nobody could sign in
    now, address = auth.clock.now(), address_key(caller.network())
    fills = await attempts.read_fills(auth.database, [EVERYBODY, address], now)
    of_all, of_address = fills.get(EVERYBODY), fills.get(address)
    if of_address is not None and of_address.spent >= FROM_ADDRESS.burst:
        return True
    is_half_full = OF_EVERYBODY.interval * OF_EVERYBODY.burst * UNDER_ATTACK_FROM
    return of_all is not None and of_all.empty_at - now > is_half_full


async def _is_proved(auth: Auth, altcha: str) -> bool:
    from altcha import verify_solution

    payload = _read(altcha)
    if payload is None:
        return False
    signing, of_result = _keys(auth)
    if not verify_solution(payload, signing, hmac_key_secret=of_result).verified:
        return False
    parameters = payload.challenge.parameters  # signed by us, so they are as we wrote them
    end = datetime.fromtimestamp((parameters.data or {})[END], auth.clock.now().tzinfo)
    if end <= auth.clock.now():
        return False
    return await spent_proofs.spend(auth.database, sha256(parameters.nonce.encode()).digest(), end)


def _read(altcha: str) -> "Payload | None":
    from altcha import Payload

    try:
        return Payload.from_base64(altcha)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _keys(auth: Auth) -> tuple[bytes, bytes]:
    """Return the key that signs challenges and the one that tells a right result."""
    return auth.work_key, hmac.digest(auth.work_key, b"result", sha256)
