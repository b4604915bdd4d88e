"""Signing in: the first administrator, passwords, codes, tokens and one-time tickets."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.auth.providers import SignInProvider
from emergence.contracts.auth.values import Code, DisplayName, Email, Password, Role, SecretText, Strict


class SetupState(BaseModel):
    """Whether this deployment has an administrator yet, and how one is made."""

    claimed: bool
    claim: Literal["loopback", "code"]
    password_min_length: int
    has_refresh_token: bool = Field(description="the request carried one, good or not: worth asking to refresh")
    providers: list[SignInProvider] = Field(description="with which one can sign in, in the order of the operator")


class ClaimAdministrator(Strict):
    """Create the first administrator; `code` is asked for when the server listens beyond loopback."""

    email: Email
    password: Password
    display_name: DisplayName
    code: SecretText | None = Field(default=None, max_length=200)


class LogIn(Strict):
    """Sign in with a password."""

    email: Email
    password: Password


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
    """The password was right, and a code is asked for too; no session exists before it."""

    mfa_required: Literal[True] = True
    mfa_token: str = Field(description="goes back with the code; good for one purpose and five tries")
    expires_in: int = Field(description="seconds")
    methods: list[Literal["totp", "recovery_code"]] = ["totp", "recovery_code"]


class LogInWithCode(Strict):
    """The second step of signing in; `code` is the authenticator's or a recovery code."""

    mfa_token: SecretText = Field(max_length=200)
    code: Code = Field(repr=False)


class StepUp(Strict):
    """Prove again who one is: the code where a second factor is set, else the password."""

    password: Password | None = None
    code: Code | None = Field(default=None, repr=False)


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


class JsonWebKeySet(BaseModel):
    """Public keys that verify access tokens (RFC 7517)."""

    keys: list[dict[str, str]]
