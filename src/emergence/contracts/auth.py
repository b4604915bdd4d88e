"""What auth promises: accounts, login sessions, tokens and one-time tickets."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from emergence.kernel.clock import Clock
from emergence.kernel.errors import ServiceError, Unauthenticated, Unavailable
from emergence.kernel.events.event import Event
from emergence.kernel.identity import AccessTokenVerifier, KnowsRevoked
from emergence.kernel.wire.client import PeerCall, PeerClient
from emergence.kernel.wire.peers import Peers

ACCESS_TOKEN_AUDIENCE = "emergence-app"
ISSUER = "emergence-auth"
REFRESH_COOKIE = "emg_rt"  # `__Host-emg_rt` where the public address is https, else with the port: `emg_rt_8080`
PASSWORD_MAX_BYTES = 1024


class Role(StrEnum):
    """What a user may do."""

    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"


class Strict(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


def _encodable(value: SecretStr) -> SecretStr:
    """Refuse what is no text: JSON can hold halves of characters that no encoding has."""
    try:
        value.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be text") from None
    return value


SecretText = Annotated[SecretStr, AfterValidator(_encodable)]
Email = Annotated[
    str, Field(min_length=3, max_length=254, pattern=r"^\s*[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\s*$")
]
DisplayName = Annotated[
    str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=PASSWORD_MAX_BYTES), AfterValidator(_encodable)]


class SetupState(BaseModel):
    """Whether this deployment has an administrator yet, and how one is made."""

    claimed: bool
    claim: Literal["loopback", "code"]
    password_min_length: int
    has_refresh_token: bool = Field(description="the request carried one, good or not: worth asking to refresh")


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


Code = Annotated[str, Field(min_length=1, max_length=40)]


class LogInWithCode(Strict):
    """The second step of signing in; `code` is the authenticator's or a recovery code."""

    mfa_token: SecretText = Field(max_length=200)
    code: Code = Field(repr=False)


class StepUp(Strict):
    """Prove again who one is: the code where a second factor is set, else the password."""

    password: Password | None = None
    code: Code | None = Field(default=None, repr=False)


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
    """Whether a second factor is asked of the caller."""

    enabled: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


class LoginSession(BaseModel):
    """The caller's own login session."""

    session_id: UUID
    user_id: UUID
    role: Role
    email: str | None
    display_name: str
    created_at: datetime
    expires_at: datetime


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


class MySessions(BaseModel):
    """The caller's live login sessions, the latest used first."""

    sessions: list[MySession]


class SessionsRevoked(BaseModel):
    """How many login sessions were ended."""

    revoked: int


class ChangePassword(Strict):
    """Replace one's own password; every other login session ends."""

    current_password: Password
    new_password: Password


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


class CredentialsRejected(ServiceError):
    """Unknown account, wrong password, or an account that may not sign in: never told apart."""

    code = "credentials_rejected"
    status = 401
    sentence = "The e-mail address or the password is wrong."


class PasswordRefused(ServiceError):
    """A password that the policy does not accept; `detail` says why."""

    code = "password_refused"
    status = 422
    sentence = "Choose another password."


class SetupAlreadyDone(ServiceError):
    """The first administrator exists."""

    code = "setup_already_done"
    status = 409
    sentence = "This server already has an administrator. Sign in instead."


class SetupCodeRejected(ServiceError):
    """The set-up code is missing, wrong, or came from the wrong place."""

    code = "setup_code_rejected"
    status = 403
    sentence = "The set-up code is wrong. It is printed where the server was started."


class EmailTaken(ServiceError):
    """Another account has this address."""

    code = "email_taken"
    status = 409
    sentence = "Another account already uses this e-mail address."


class TooManyAttempts(ServiceError):
    """Wrong guesses came too fast for this account or from this address; `Retry-After` says when to go on."""

    code = "too_many_attempts"
    status = 429
    sentence = "Too many attempts. Wait a moment before you try again."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 30) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})


class SignInBusy(Unavailable):
    """More people sign in at this moment than this process can check; nothing was counted against anyone."""

    code = "sign_in_busy"
    sentence = "Many people are signing in right now. Try again in a moment."


class CrossSiteRequest(ServiceError):
    """A request that does not come from our own pages."""

    code = "cross_site_request"
    status = 403
    sentence = "This request did not come from this server's own pages."


class LoginSessionEnded(Unauthenticated):
    """The refresh token is absent, expired or revoked: sign in again."""

    code = "login_session_ended"
    sentence = "Your session has ended. Sign in again."


class CodeRejected(ServiceError):
    """A wrong or used code, or a first step that is over: never told apart by a stranger."""

    code = "code_rejected"
    status = 401
    sentence = "This code is wrong, or was used before."


class SecondFactorAlreadyEnabled(ServiceError):
    """A second factor counts already; it is replaced by disabling it first."""

    code = "second_factor_already_enabled"
    status = 409
    sentence = "An authenticator is set already. Remove it first."


class StepUpRequired(ServiceError):
    """The caller proved who they are too long ago for this (RFC 9470)."""

    code = "insufficient_user_authentication"
    status = 401
    sentence = "Confirm that it is you, then try again."

    def __init__(self, detail: str | None = None, *, max_age_s: int = 600) -> None:
        challenge = f'Bearer error="insufficient_user_authentication", max_age="{max_age_s}"'
        super().__init__(detail, headers={"WWW-Authenticate": challenge}, members={"max_age": max_age_s})


class UnknownLoginSession(ServiceError):
    """No live login session of the caller's has that id."""

    code = "unknown_login_session"
    status = 404
    sentence = "This session has ended already, or is not yours."


class RefreshReuseDetected(Unauthenticated):
    """A superseded refresh token came back: the whole family is revoked."""

    code = "session_reuse_detected"
    sentence = "This session was used from two places and has been ended. Sign in again."


class TicketRejected(Unauthenticated):
    """Unknown, used, expired, or presented from another origin."""

    code = "ticket_rejected"
    sentence = "The connection ticket is no longer valid. Ask for a new one."


class LoginSessionRevoked(Event):
    """A login session can no longer be used; its sockets must close."""

    name: ClassVar[str] = "auth.login_session_revoked.v1"

    session_id: UUID
    user_id: UUID
    reason: str

    def subject(self) -> str:
        return f"user:{self.user_id}"


class AuthClient(PeerClient):
    """Calls auth, wherever it runs."""

    service = "auth"

    async def keys(self) -> JsonWebKeySet:
        """Return the published verification keys. Idempotent."""
        return await self.call(PeerCall("GET", "/.well-known/jwks.json", idempotent=True), JsonWebKeySet)

    async def consume_ticket(self, ticket: str, origin: str | None) -> TicketHolder:
        """Use up a ticket. Raises TicketRejected; never retried, because a ticket works once."""
        body = ConsumeTicket(ticket=ticket, origin=origin)
        return await self.call(PeerCall("POST", "/api/auth/internal/ws-tickets/consume", body), TicketHolder)


def access_token_verifier(peers: Peers, clock: Clock, revoked: KnowsRevoked | None = None) -> AccessTokenVerifier:
    """Return the verifier of users' access tokens for any service but auth, with the keys that auth publishes.

    `revoked` learns of ended login sessions from LoginSessionRevoked; without it tokens outlive them by minutes.
    """
    keys = AuthClient(peers).keys
    return AccessTokenVerifier(keys, issuer=ISSUER, audience=ACCESS_TOKEN_AUDIENCE, clock=clock, revoked=revoked)
