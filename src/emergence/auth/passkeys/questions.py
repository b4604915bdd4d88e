"""What browsers are asked: to make a passkey, or to use one. The library is loaded by its first use, see `verify`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import JsonValue

from emergence.auth.passkeys.challenges import LIFETIME
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.passkeys.verify import ALGORITHMS
from emergence.auth.store.passkeys import Passkey
from emergence.auth.store.users import Account
from emergence.contracts.auth.passkeys import PasskeyQuestion
from emergence.contracts.auth.problems import PasskeysImpossible

if TYPE_CHECKING:
    from webauthn.helpers.structs import (
        PublicKeyCredentialCreationOptions,
        PublicKeyCredentialDescriptor,
        PublicKeyCredentialRequestOptions,
    )

PRODUCT = "Emergence"
TIMEOUT_MS = int(LIFETIME.total_seconds() * 1000)


def require_party(party: RelyingParty | None) -> RelyingParty:
    """Return what passkeys are bound to. Raises PasskeysImpossible where browsers would allow none."""
    if party is None:
        raise PasskeysImpossible()
    return party


def creation_question(
    party: RelyingParty, challenge: bytes, account: Account, handle: bytes, known: list[Passkey]
) -> PasskeyQuestion:
    """Ask for a new passkey that the authenticator finds by itself and guards by more than a touch."""
    from webauthn import generate_registration_options
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return _question(
        generate_registration_options(
            rp_id=party.id,
            rp_name=PRODUCT,
            user_id=handle,
            user_name=account.email or account.display_name,
            user_display_name=account.display_name,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(known),
            supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
        )
    )


def use_question(party: RelyingParty, challenge: bytes, allowed: list[Passkey], *, of_person: bool) -> PasskeyQuestion:
    """Ask for one of the `allowed` passkeys, or for any where nobody knows yet who it is."""
    from webauthn import generate_authentication_options
    from webauthn.helpers.structs import UserVerificationRequirement

    wanted = UserVerificationRequirement.REQUIRED if of_person else UserVerificationRequirement.PREFERRED
    return _question(
        generate_authentication_options(
            rp_id=party.id,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_described(allowed),
            user_verification=wanted,
        )
    )


def _described(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    known = {transport.value for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=passkey.credential_id,
            transports=[AuthenticatorTransport(each) for each in passkey.transports if each in known],
        )
        for passkey in passkeys
    ]


def _question(options: PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions) -> PasskeyQuestion:
    from webauthn import options_to_json

    written: dict[str, JsonValue] = json.loads(options_to_json(options))
    return PasskeyQuestion(options=written)
