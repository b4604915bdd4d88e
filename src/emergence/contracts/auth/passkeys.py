"""Passkeys (WebAuthn): what browsers ask for and answer, and what a person sees of theirs."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from emergence.contracts.auth.values import SecretText, Strict
from emergence.contracts.auth.visible_text import Visible

CREDENTIAL_ID_CHARACTERS = 1_366  # 1,023 bytes, the most that WebAuthn §7.1 lets a server accept
NAME_PATTERN = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"

PasskeyName = Annotated[str, Field(min_length=1, max_length=60, pattern=NAME_PATTERN), Visible]
CredentialId = Annotated[str, Field(min_length=1, max_length=CREDENTIAL_ID_CHARACTERS, pattern=r"^[A-Za-z0-9_-]+$")]
Encoded = Annotated[str, Field(min_length=1, max_length=8_192, pattern=r"^[A-Za-z0-9_-]+$")]
LongEncoded = Annotated[str, Field(min_length=1, max_length=65_536, pattern=r"^[A-Za-z0-9_-]+$")]


class FromBrowser(BaseModel):
    """Written by browsers, which add members over the years: what is not known here is left out."""

    model_config = ConfigDict(extra="ignore")


class Attestation(FromBrowser):
    """What an authenticator says of a new credential (AuthenticatorAttestationResponseJSON)."""

    client_data: Encoded = Field(alias="clientDataJSON")
    attestation_object: LongEncoded = Field(alias="attestationObject")
    transports: list[Annotated[str, Field(max_length=32)]] | None = Field(default=None, max_length=16)


class NewPasskey(FromBrowser):
    """A new credential, as `PublicKeyCredential.toJSON` writes it (RegistrationResponseJSON)."""

    id: CredentialId
    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: Attestation


class Assertion(FromBrowser):
    """What an authenticator signs (AuthenticatorAssertionResponseJSON)."""

    client_data: Encoded = Field(alias="clientDataJSON")
    authenticator_data: Encoded = Field(alias="authenticatorData")
    signature: Encoded
    user_handle: Encoded | None = Field(default=None, alias="userHandle")


class PasskeyAnswer(FromBrowser):
    """A credential that was used, as `PublicKeyCredential.toJSON` writes it (AuthenticationResponseJSON)."""

    id: CredentialId
    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: Assertion


class PasskeyQuestion(BaseModel):
    """What goes to `navigator.credentials`, in the JSON form of WebAuthn §5.1.8 and §5.1.9; good once, in 5 min."""

    options: dict[str, JsonValue]


class AddPasskey(Strict):
    """Keep a new passkey; `name` is used where the authenticator does not say what it is."""

    credential: NewPasskey
    name: PasskeyName | None = None


class RenamePasskey(Strict):
    """Call a passkey something else."""

    name: PasskeyName


class BeginPasskeyLogIn(Strict):
    """Ask for a passkey: as the only proof, or with `mfa_token` as the second step."""

    mfa_token: SecretText | None = Field(default=None, max_length=200)


class LogInWithPasskey(Strict):
    """Sign in with a passkey; `mfa_token` is that of the beginning."""

    credential: PasskeyAnswer
    mfa_token: SecretText | None = Field(default=None, max_length=200)


class MyPasskey(BaseModel):
    """One of the caller's passkeys."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    is_synced: bool = Field(description="its maker keeps copies on the person's other devices")
    is_backed_up: bool
    counter_back_at: datetime | None = Field(description="when it seemed to be a copy of itself")


class MyPasskeys(BaseModel):
    """The caller's passkeys, the oldest first."""

    passkeys: list[MyPasskey]
    works_at: str | None = Field(description="the origin at which browsers allow this server's passkeys, if any")


class PasskeyAdded(BaseModel):
    """A new passkey; with recovery codes, never shown again, where the person had none."""

    passkey: MyPasskey
    recovery_codes: list[str] | None
