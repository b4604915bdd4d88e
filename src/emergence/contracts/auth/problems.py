"""What auth refuses, and why."""

from emergence.kernel.errors import ServiceError, Unauthenticated, Unavailable


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


class StepUpRequired(ServiceError):
    """The caller proved who they are too long ago for this (RFC 9470)."""

    code = "insufficient_user_authentication"
    status = 401
    sentence = "Confirm that it is you, then try again."

    def __init__(self, detail: str | None = None, *, max_age_s: int = 600) -> None:
        challenge = f'Bearer error="insufficient_user_authentication", max_age="{max_age_s}"'
        super().__init__(detail, headers={"WWW-Authenticate": challenge}, members={"max_age": max_age_s})


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
