"""What auth refuses, and why."""

from dataclasses import dataclass
from typing import Literal

from emergence.kernel.errors import ServiceError, Unauthenticated, Unavailable


class CredentialsRejected(ServiceError):
    """Unknown account, wrong password, or an account that may not sign in: never told apart."""

    code = "credentials_rejected"
    status = 401
    sentence = "The e-mail address or the password is wrong."


PasswordReason = Literal["too_short", "too_long", "common", "personal", "guessable", "same"]


class PasswordRefused(ServiceError):
    """A password that the policy does not accept; `detail` says why to a person, `reason` to a program."""

    code = "password_refused"
    status = 422
    sentence = "Choose another password."

    def __init__(self, detail: str | None = None, *, reason: PasswordReason = "guessable") -> None:
        super().__init__(detail, members={"reason": reason})


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


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A limit as header fields tell it: `quota` in `window_s` (draft-ietf-httpapi-ratelimit-headers-10)."""

    name: str
    quota: int
    window_s: int


LOG_IN_LIMIT = RateLimit("login", 10, 300)  # one for all of signing in: which of its buckets is full tells nobody


class TooManyAttempts(ServiceError):
    """Wrong guesses came too fast for this account or from this address; `Retry-After` says when to go on."""

    code = "too_many_attempts"
    status = 429
    sentence = "Too many attempts. Wait a moment before you try again."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 30, limit: RateLimit = LOG_IN_LIMIT) -> None:
        headers = {
            "Retry-After": str(retry_after_s),
            "RateLimit-Policy": f'"{limit.name}";q={limit.quota};w={limit.window_s}',
            "RateLimit": f'"{limit.name}";r=0;t={retry_after_s}',
        }
        super().__init__(detail, headers=headers)


class ProofOfWorkRequired(ServiceError):
    """Many guesses are being made: solve `challenge` and send the solution along (ALTCHA)."""

    code = "proof_of_work_required"
    status = 428
    sentence = "One moment: this server is checking that you are not a robot."


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
    """A wrong code, or one that was used before."""

    code = "code_rejected"
    status = 401
    sentence = "This code is wrong, or was used before."


class SignInExpired(ServiceError):
    """The first step of signing in is over, was tried too often, or never was."""

    code = "sign_in_expired"
    status = 401
    sentence = "Begin again with your password: this sign-in took too long, or too many codes were wrong."


class LinkInvalid(ServiceError):
    """A mailed link that is unknown, used, or older than it may be: the three are not told apart."""

    code = "link_invalid"
    status = 400
    sentence = "This link was used before, or its time is over. Ask for a new one."


class MailOff(ServiceError):
    """This server sends no mail, so that nothing that needs it can be done."""

    code = "mail_off"
    status = 409
    sentence = "This server sends no mail. Ask its administrator."


class SecondFactorAlreadyEnabled(ServiceError):
    """A second factor counts already; it is replaced by disabling it first."""

    code = "second_factor_already_enabled"
    status = 409
    sentence = "An authenticator is set already. Remove it first."


class NoSecondFactor(ServiceError):
    """Recovery codes stand in for another factor, and none is set."""

    code = "no_second_factor"
    status = 409
    sentence = "Recovery codes come with a second factor. Add one first."


class PasswordTooShortAlone(ServiceError):
    """The last second factor stays until the password, chosen beside one, is long enough to be all that is asked."""

    code = "password_too_short_alone"
    status = 409
    sentence = "Your password may be too short to protect the account alone. Choose a longer one first."


class HasPassword(ServiceError):
    """There is a password already; it is replaced by whoever knows it."""

    code = "has_password"
    status = 409
    sentence = "This account has a password. Change it instead."


class PasskeyRejected(ServiceError):
    """A passkey that is unknown, another person's or not rightly used, or a ceremony that is over: never told apart."""

    code = "passkey_rejected"
    status = 401
    sentence = "This passkey was not accepted. Try again, or use another way to sign in."


class PasskeyCounterBack(ServiceError):
    """The passkey counts fewer uses than are known: it may have been copied, so that alone it proves nothing."""

    code = "passkey_counter_back"
    status = 401
    sentence = "This passkey may have been copied: it counts fewer uses than are known. Use a code instead."


class PasskeyAlreadyAdded(ServiceError):
    """The authenticator's credential is stored already."""

    code = "passkey_already_added"
    status = 409
    sentence = "This passkey was added already."


class TooManyPasskeys(ServiceError):
    """One account holds no more."""

    code = "too_many_passkeys"
    status = 409
    sentence = "No more passkeys fit this account. Remove one that is no longer used."


class PasskeysImpossible(ServiceError):
    """Browsers allow no passkeys at the address that was asked: an IP address, or no https."""

    code = "passkeys_impossible"
    status = 409
    sentence = "Passkeys do not work at this address: browsers want a name with https, or localhost."


class UnknownPasskey(ServiceError):
    """No passkey of the caller's has that id."""

    code = "unknown_passkey"
    status = 404
    sentence = "This passkey was removed already, or is not yours."


class StepUpRequired(ServiceError):
    """The caller proved who they are too long ago for this, or by too few factors (RFC 9470)."""

    code = "insufficient_user_authentication"
    status = 401
    sentence = "Confirm that it is you, then try again."

    def __init__(
        self, detail: str | None = None, *, max_age_s: int | None = None, acr_values: str | None = None
    ) -> None:
        asked: dict[str, object] = {} if acr_values is None else {"acr_values": acr_values}
        if max_age_s is not None:  # a proof now will do; without it, it may take a factor that is not set yet
            asked["max_age"] = max_age_s
        challenge = ", ".join(f'{name}="{value}"' for name, value in asked.items())
        header = f'Bearer error="insufficient_user_authentication", {challenge}'
        super().__init__(detail, headers={"WWW-Authenticate": header}, members=asked)


class UnknownUser(ServiceError):
    """There is no such account."""

    code = "unknown_user"
    status = 404
    sentence = "There is no such account."


class LastAdministrator(ServiceError):
    """Somebody must be able to administer this server."""

    code = "last_administrator"
    status = 409
    sentence = "This is the only administrator. Make somebody else one first."


class CannotImpersonate(ServiceError):
    """An administrator's account, a suspended one, or one's own."""

    code = "cannot_impersonate"
    status = 409
    sentence = "Only active accounts of members and guests can be looked at this way."


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


class SharedSecretSigns(ServiceError):
    """With AUTH_TOKEN_ALG=HS256 there is no key to replace but the secret itself."""

    code = "shared_secret_signs"
    status = 409
    sentence = "AUTH_JWT_SECRET itself signs here. Change it, or choose AUTH_TOKEN_ALG=EdDSA."
