"""What auth refuses of sign-ins by a provider, and why."""

from emergence.kernel.errors import ServiceError, Unavailable


class UnknownSignInProvider(ServiceError):
    """No provider of that name is set up."""

    code = "unknown_sign_in_provider"
    status = 404
    sentence = "This server knows no sign-in provider of that name."


class SignInProviderUnavailable(Unavailable):
    """The provider does not answer, or not as OpenID Connect says; `reason` is for the audit log alone."""

    code = "sign_in_provider_unavailable"
    sentence = "The sign-in provider does not answer right now. Try again, or sign in another way."

    def __init__(self, detail: str | None = None, *, reason: str = "") -> None:
        super().__init__(detail)
        self.reason = reason


class ProviderSignInRefused(ServiceError):
    """What the provider or the browser brought back cannot be believed; `reason` is for the audit log alone."""

    code = "provider_sign_in_refused"
    status = 401
    sentence = "What the sign-in provider sent back could not be verified. Begin again."

    def __init__(self, detail: str | None = None, *, reason: str = "") -> None:
        super().__init__(detail)
        self.reason = reason


class ProviderSignInExpired(ServiceError):
    """This sign-in is over, was finished before, or began in another browser."""

    code = "provider_sign_in_expired"
    status = 401
    sentence = "This sign-in took too long, was finished before, or began in another browser. Begin again."


class ProviderSignInCancelled(ServiceError):
    """The person, or the provider for them, said no."""

    code = "provider_sign_in_cancelled"
    status = 401
    sentence = "The sign-in was cancelled at the provider."


class ProviderProofTooOld(ServiceError):
    """Somebody was to prove at the provider who they are now, and it does not say that they did."""

    code = "provider_proof_too_old"
    status = 401
    sentence = "The sign-in provider did not confirm that you signed in there just now. Sign in here another way."


class IdentityNotLinked(ServiceError):
    """No account here that may sign in belongs to this account of the provider."""

    code = "identity_not_linked"
    status = 403
    sentence = (
        "No account here is linked to it. If you have one, sign in the way you used to, then link it in Settings."
    )


class IdentityTaken(ServiceError):
    """The provider's account signs somebody else in here."""

    code = "identity_taken"
    status = 409
    sentence = "This account of the provider is linked to another account here."


class UnknownIdentity(ServiceError):
    """None of the caller's linked accounts has that id."""

    code = "unknown_identity"
    status = 404
    sentence = "This linked account is gone already, or is not yours."


class LastWayIn(ServiceError):
    """Without it the caller could never sign in again."""

    code = "last_way_in"
    status = 409
    sentence = "This is the only way you can sign in. Add another one first."


class LogoutTokenRejected(ServiceError):
    """A message that somebody signed out at a provider which cannot be believed (Back-Channel Logout §2.8)."""

    code = "logout_token_rejected"
    status = 400
    sentence = "This logout token is not accepted."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, members={"error": "invalid_request"})
