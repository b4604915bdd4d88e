"""End what a provider opened when somebody signs out there (OpenID Connect Back-Channel Logout 1.0)."""

from datetime import timedelta
from urllib.parse import parse_qsl

import structlog

from emergence.auth.callers import Caller
from emergence.auth.limit_attempts import admit_provider_sign_in
from emergence.auth.oidc.provider_tokens import Logout, verified_logout_token
from emergence.auth.oidc.providers import Provider
from emergence.auth.parts import Auth
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.store import identities, sessions
from emergence.contracts.auth.provider_problems import LogoutTokenRejected
from emergence.kernel.signed_token import TokenRefused

log = structlog.get_logger(__name__)

REASON = "signed_out_at_provider"
# Sessions opened after the token was made stay, so that a token that is sent again ends nothing new.
CLOCKS_APART = timedelta(seconds=5)


async def log_out_by_provider(auth: Auth, provider_id: str, form: bytes, caller: Caller) -> None:
    """End the sessions that a logout token names. Idempotent.

    Raises LogoutTokenRejected, UnknownSignInProvider, SignInProviderUnavailable, TooManyAttempts.
    """
    await admit_provider_sign_in(auth, caller)
    provider = auth.providers.find(provider_id)
    try:
        logout = await verified_logout_token(provider, _logout_token(form), auth.clock)
    except TokenRefused as refused:
        log.info("logout_token_refused", provider=provider_id, reason=str(refused))
        raise LogoutTokenRejected() from refused
    await _end_sessions(auth, provider, logout, caller)


async def _end_sessions(auth: Auth, provider: Provider, logout: Logout, caller: Caller) -> None:
    issuer, opened_before = provider.settings.issuer, logout.issued_at + CLOCKS_APART
    async with auth.database.transaction() as tx:
        named = await identities.sessions_at(tx, issuer, logout.subject, logout.sid, opened_before)
        locked = [await sessions.lock_session(tx, session_id) for session_id in named]
        for found in locked:
            if found is not None:
                await revoke_session(auth, tx, found[0], Ending(REASON, None, caller))


def _logout_token(form: bytes) -> str:
    try:
        fields = parse_qsl(form.decode("ascii"), max_num_fields=10, strict_parsing=True)
    except ValueError as malformed:
        raise TokenRefused("form") from malformed
    tokens = [value for name, value in fields if name == "logout_token"]
    if len(tokens) != 1:
        raise TokenRefused("form")
    return tokens[0]
