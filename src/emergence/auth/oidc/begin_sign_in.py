"""Send somebody to a provider: to sign in, or to link an account there to their own."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from urllib.parse import quote, urlencode
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.limit_attempts import admit_provider_sign_in
from emergence.auth.oidc.providers import Provider
from emergence.auth.one_time_tokens import token_hash
from emergence.auth.parts import Auth
from emergence.auth.step_up import recent_session
from emergence.auth.store import oidc_states as store
from emergence.auth.store.oidc_states import NewState
from emergence.contracts.auth.providers import BeginProviderSignIn
from emergence.kernel.identity import Identity

LIFETIME = timedelta(minutes=10)
STATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secrets:
    """What ties one sign-in to one browser.

    Nonce and code verifier are functions of the browser's secret and the state, so that they need not be stored.
    """

    state: str
    nonce: str
    code_verifier: str

    @property
    def code_challenge(self) -> str:
        """Return the verifier's S256 challenge (RFC 7636 §4.2)."""
        return _text(sha256(self.code_verifier.encode()).digest())


def secrets_of(browser: str, state: str) -> Secrets:
    """Return what belongs to a browser's secret and a state."""

    def derived(purpose: str) -> str:
        return _text(hmac.digest(browser.encode(), f"{purpose}|{state}".encode(), sha256))

    return Secrets(state, derived("nonce"), derived("code_verifier"))


async def begin_sign_in(
    auth: Auth, provider_id: str, request: BeginProviderSignIn, browser: str, caller: Caller
) -> str:
    """Return the provider's address that begins a sign-in.

    Raises UnknownSignInProvider, SignInProviderUnavailable, TooManyAttempts.
    """
    asked = {"prompt": "login", "max_age": "0"} if request.again else {}
    provider = auth.providers.find(provider_id)
    return await _begin(auth, provider, browser, caller, asked, next_=request.next, is_again=request.again)


async def begin_linking(auth: Auth, identity: Identity, provider_id: str, browser: str, caller: Caller) -> str:
    """Return the provider's address that begins to link an account there to the caller's.

    Raises StepUpRequired, LoginSessionEnded and what `begin_sign_in` raises.
    """
    session, _ = await recent_session(auth, identity)
    asked = {"prompt": "select_account"}  # otherwise the one that is signed in there, without a question
    return await _begin(auth, auth.providers.find(provider_id), browser, caller, asked, session_id=session.id)


async def _begin(
    auth: Auth,
    provider: Provider,
    browser: str,
    caller: Caller,
    asked: dict[str, str],
    *,
    next_: str | None = None,
    session_id: UUID | None = None,
    is_again: bool = False,
) -> str:
    await admit_provider_sign_in(auth, caller)
    metadata = await provider.metadata()
    own, now = secrets_of(browser, secrets.token_urlsafe(STATE_BYTES)), auth.clock.now()
    async with auth.database.transaction() as tx:
        hashed, browser_hash = token_hash(own.state), token_hash(browser)
        started = NewState(hashed, browser_hash, provider.settings.id, session_id, next_, now, now + LIFETIME, is_again)
        await store.add(tx, started)
    parameters = {
        "response_type": "code",
        "client_id": provider.settings.client_id,
        "redirect_uri": redirect_uri(auth, provider),
        "scope": " ".join(provider.settings.scopes),
        "state": own.state,
        "nonce": own.nonce,
        "code_challenge": own.code_challenge,
        "code_challenge_method": "S256",
    }
    separator = "&" if "?" in metadata.authorization_endpoint else "?"
    return metadata.authorization_endpoint + separator + urlencode(parameters | asked, quote_via=quote)


def redirect_uri(auth: Auth, provider: Provider) -> str:
    """Return where the provider sends people back: below the public address, never what a request calls its host."""
    return f"{auth.settings.public_url()}/api/auth/oidc/{provider.settings.id}/callback"


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
