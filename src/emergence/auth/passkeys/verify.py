"""Verify what authenticators answer, with py_webauthn; whatever is malformed or untrue is one refusal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes, decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import CredentialDeviceType

from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.store.passkeys import Passkey
from emergence.contracts.auth.passkeys import NewPasskey, PasskeyAnswer
from emergence.contracts.auth.problems import PasskeyRejected

Answer = TypeVar("Answer")

# What all authenticators of today can do one of (WebAuthn §5.4.5), the best first.
ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# The library wraps most of what parsing hostile bytes raises, and lets the rest through as it is.
UNTRUE = (
    WebAuthnException,
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
        verified = verify_registration_response(
            credential=given.model_dump(by_alias=True),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=list(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        # Not looked at above: a key that is none would be found out at its first use only.
        decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
        if verified.credential_id != base64url_to_bytes(given.id):
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
        return base64url_to_bytes(text)
    except ValueError as malformed:
        raise PasskeyRejected() from malformed


async def _off_the_loop(verify: Callable[[], Answer]) -> Answer:
    """Attestations may carry chains of certificates, and bytes that are slow to take apart."""
    try:
        return await asyncio.to_thread(verify)
    except UNTRUE as untrue:
        raise PasskeyRejected() from untrue
