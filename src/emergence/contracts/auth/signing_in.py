"""Signing in: the first administrator, passwords, codes, tokens and one-time tickets."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.auth.passkeys import PasskeyAnswer
from emergence.contracts.auth.providers import SignInProvider
from emergence.contracts.auth.service_clients import (
    ASSERTION_ALGORITHMS,
    CLIENT_AUTHENTICATION_METHODS,
    CLIENT_CREDENTIALS,
)
from emergence.contracts.auth.values import (
    Code,
    DisplayName,
    Email,
    Password,
    ProofOfWork,
    Role,
    SecondFactorMethod,
    SecretText,
    SignUp,
    Strict,
)


class SetupState(BaseModel):
    """Whether this deployment has an administrator yet, and how one is made."""

    claimed: bool
    claim: Literal["loopback", "code"]
    password_min_length: int
    has_refresh_token: bool = Field(description="the request carried one, good or not: worth asking to refresh")
    passkeys_at: str | None = Field(description="the origin at which browsers allow this server's passkeys, if any")
    signup: SignUp = Field(description="who may make an account; only by invitation, if at all, where `mail` is false")
    mail: bool = Field(description="letters leave this server: forgotten passwords can be replaced")
    providers: list[SignInProvider] = Field(description="with which one can sign in, in the order of the operator")


class ClaimAdministrator(Strict):
    """Create the first administrator; `code` is asked for when the server listens beyond loopback."""

    email: Email
    password: Password
    display_name: DisplayName
    code: SecretText | None = Field(default=None, max_length=200)


class WorkChallenge(BaseModel):
    """A proof of work to do (ALTCHA, version 2): its solution goes back beside the challenge, as base64 of JSON."""

    parameters: dict[str, str | int | dict[str, int]]
    signature: str


class LogIn(Strict):
    """Sign in with a password; `altcha` is asked for while many guesses are being made."""

    email: Email
    password: Password
    altcha: ProofOfWork | None = Field(default=None, repr=False)


class SignedIn(BaseModel):
    """A new access token; the refresh token travels in an HttpOnly cookie only.

    `token` repeats `access_token` and `password_must_reset` stays for older clients.
    """

    access_token: str
    token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="seconds")
    expires_at: datetime
    session_id: UUID
    user_id: UUID
    role: Role
    email: str | None
    display_name: str
    password_must_reset: bool = False


class SecondFactorNeeded(BaseModel):
    """The first step was right, and a second factor is asked for too; no session exists before it."""

    mfa_required: Literal[True] = True
    mfa_token: str = Field(description="goes back with the proof; good for one purpose and five tries")
    expires_in: int = Field(description="seconds")
    methods: list[SecondFactorMethod] = Field(description="what will do, the easiest first")


class LogInWithCode(Strict):
    """The second step of signing in; `code` is the authenticator's or a recovery code."""

    mfa_token: SecretText = Field(max_length=200)
    code: Code = Field(repr=False)


class StepUp(Strict):
    """Prove again who one is: a code or a passkey where a second factor is set, else the password."""

    password: Password | None = None
    code: Code | None = Field(default=None, repr=False)
    passkey: PasskeyAnswer | None = None


class LoginSession(BaseModel):
    """The caller's own login session."""

    session_id: UUID
    user_id: UUID
    role: Role
    email: str | None
    display_name: str
    created_at: datetime
    expires_at: datetime


class OwnerLogIn(Strict):
    """Sign in as the machine's owner with the credential that `emergence up` keeps in its data folder."""

    credential: SecretText = Field(max_length=1024)


class DevLogIn(Strict):
    """Sign in without a password; exists in development only."""

    email: Email = "dev@localhost.invalid"


class Ticket(BaseModel):
    """A one-time ticket that opens one WebSocket."""

    ticket: str
    expires_in: int = Field(description="seconds")


class ConsumeTicket(Strict):
    """Asked by session: who comes with this ticket, from this origin?"""

    ticket: str = Field(repr=False, max_length=200)
    origin: str | None


class TicketHolder(BaseModel):
    """Who a ticket was issued to, and until when a socket opened with it may stay."""

    user_id: UUID
    session_id: UUID
    role: Role
    session_expires_at: datetime
    impersonator_id: UUID | None = None


class JsonWebKeySet(BaseModel):
    """Public keys that verify access tokens (RFC 7517)."""

    keys: list[dict[str, str]]


class ServerMetadata(BaseModel):
    """What verifiers may rely on (RFC 8414)."""

    issuer: str
    jwks_uri: str
    token_endpoint: str
    token_endpoint_auth_methods_supported: list[str] = [*CLIENT_AUTHENTICATION_METHODS]
    token_endpoint_auth_signing_alg_values_supported: list[str] = [*ASSERTION_ALGORITHMS]
    introspection_endpoint: str
    introspection_endpoint_auth_methods_supported: list[str] = ["Bearer"]
    revocation_endpoint: str
    revocation_endpoint_auth_methods_supported: list[str] = ["Bearer"]
    response_types_supported: list[str] = []
    grant_types_supported: list[str] = [CLIENT_CREDENTIALS]
    access_token_signing_alg_values_supported: list[str]


class Introspection(BaseModel):
    """Whether an access token may be used, and what it says (RFC 7662 §2.2)."""

    active: bool
    iss: str | None = None
    aud: str | None = None
    sub: UUID | None = None
    sid: UUID | None = None
    role: Role | None = None
    token_type: Literal["Bearer"] | None = None
    iat: int | None = None
    exp: int | None = None
