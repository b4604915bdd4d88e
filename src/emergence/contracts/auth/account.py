"""One's own account: where one is signed in, the password, the second factor."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.auth.values import Code, Password, SecondFactorMethod, Strict


class TotpCode(Strict):
    """A code of the caller's authenticator, or a recovery code."""

    code: Code = Field(repr=False)


class TotpEnrolment(BaseModel):
    """A new seed for an authenticator app; it counts once a code has proved that it arrived."""

    secret: str
    otpauth_uri: str


class RecoveryCodes(BaseModel):
    """Ten codes, each good once; never shown again."""

    codes: list[str]


class SecondFactorStatus(BaseModel):
    """Whether an authenticator app is set, and what is asked of the caller in all."""

    enabled: bool = Field(description="an authenticator app is set")
    confirmed_at: datetime | None
    recovery_codes_left: int
    methods: list[SecondFactorMethod] = Field(description="what a second factor may be proved by; empty: none is asked")


class MySession(BaseModel):
    """One place where the caller is signed in; `network` is the address's /24 or /48."""

    id: UUID
    is_current: bool
    agent: str | None = Field(description="what the browser called itself")
    network: str | None
    methods: list[str] = Field(description="how they proved who they are (RFC 8176)")
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    impersonator_name: str | None = Field(default=None, description="the administrator who looks at this account")


class MySessions(BaseModel):
    """The caller's live login sessions, the latest used first."""

    sessions: list[MySession]
    next: str | None = Field(default=None, description="goes into `before` of the following request")


class SessionsRevoked(BaseModel):
    """How many login sessions were ended."""

    revoked: int


class SetFirstPassword(Strict):
    """Choose a password for an account that has none."""

    new_password: Password


class ChangePassword(Strict):
    """Replace one's own password; every other login session ends."""

    current_password: Password
    new_password: Password
