"""Verify what authenticators answer, with py_webauthn; whatever is malformed or untrue is one refusal.

The library is loaded by its first use: it takes 5 MB and a tenth of a second, and most servers see no passkey for days.
"""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm

from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.store.passkeys import Passkey
from emergence.contracts.auth.passkeys import NewPasskey, PasskeyAnswer
from emergence.contracts.auth.problems import PasskeyRejected

Answer = TypeVar("Answer")

# What all authenticators of today can do one of (WebAuthn §5.4.5), the best first; numbers of COSE.
EDDSA, ECDSA_SHA_256, RSASSA_PKCS1_SHA_256 = -8, -7, -257
ALGORITHMS = (EDDSA, ECDSA_SHA_256, RSASSA_PKCS1_SHA_256)
# The library wraps most of what parsing hostile bytes raises, and lets the rest through as it is.
UNTRUE = (
    UnsupportedAlgorithm,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A new credential as its authenticator describes it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    aaguid: UUID
    is_synced: bool
    is_backed_up: bool


@dataclass(frozen=True, slots=True)
class VerifiedUse:
    """A use of a passkey that was signed with its key."""

    sign_count: int
    is_backed_up: bool


async def verified_credential(party: RelyingParty, challenge: bytes, given: NewPasskey) -> VerifiedCredential:
    """Return a new credential (WebAuthn §7.1), whose authenticator made sure of the person. Raises PasskeyRejected."""

    def verify() -> VerifiedCredential:
        from webauthn import verify_registration_response
        from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
        from webauthn.helpers.cose import COSEAlgorithmIdentifier
        from webauthn.helpers.structs import CredentialDeviceType

        verified = verify_registration_response(
            credential=given.model_dump(by_alias=True),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
        )
        # Not looked at above: a key that is none would be found out at its first use only.
        decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
        if verified.credential_id != decoded(given.id):
            raise ValueError("the authenticator's id is not the browser's")
        return VerifiedCredential(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            aaguid=UUID(verified.aaguid),
            is_synced=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            is_backed_up=verified.credential_backed_up,
        )

    return await _off_the_loop(verify)


async def verified_use(
    party: RelyingParty, challenge: bytes, passkey: Passkey, given: PasskeyAnswer, *, of_person: bool
) -> VerifiedUse:
    """Return a use of a passkey (WebAuthn §7.2), but for its counter, which only the database can judge.

    With `of_person` the authenticator has to have made sure of the person, not only of somebody's touch.
    Raises PasskeyRejected.
    """

    def verify() -> VerifiedUse:
        from webauthn import verify_authentication_response

        verified = verify_authentication_response(
            credential=given.model_dump(by_alias=True),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # any is accepted: the library would judge it before the signature
            require_user_verification=of_person,
        )
        return VerifiedUse(verified.new_sign_count, verified.credential_backed_up)

    return await _off_the_loop(verify)


def decoded(text: str) -> bytes:
    """Return what base64url stands for. Raises PasskeyRejected."""
    try:
        return urlsafe_b64decode(f"{text}===")  # what is too much is let go
    except ValueError as malformed:
        raise PasskeyRejected() from malformed


async def _off_the_loop(verify: Callable[[], Answer]) -> Answer:
    """Attestations may carry chains of certificates, and bytes that are slow to take apart."""

    def verified() -> Answer:
        from webauthn.helpers.exceptions import WebAuthnException

        try:
            return verify()
        except (WebAuthnException, *UNTRUE) as untrue:
            raise PasskeyRejected() from untrue

    return await asyncio.to_thread(verified)
