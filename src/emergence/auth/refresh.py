"""Exchange a refresh token for the next one: one live generation, a short grace for lost replies, no forks."""

from dataclasses import dataclass, replace
from datetime import timedelta

from emergence.auth.callers import Caller
from emergence.auth.devices import is_same_device
from emergence.auth.listed_administrators import follow_list
from emergence.auth.open_session import Grant, tokens_of
from emergence.auth.pace import REFRESHES, next_arrival
from emergence.auth.parts import Auth
from emergence.auth.refresh_tokens import RefreshToken, parsed
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.session_lifetimes import lifetime_for
from emergence.auth.store import sessions as store
from emergence.auth.store.sessions import Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import LoginSessionEnded, RateLimit, RefreshReuseDetected, TooManyAttempts
from emergence.kernel.storage.database import Transaction

GRACE = timedelta(seconds=10)  # a reply lost on the way, or two tabs at once
REPLAYS_AT_MOST = 5
REPLAYS = RateLimit("refresh-repeated", REPLAYS_AT_MOST, int(GRACE.total_seconds()))


@dataclass(frozen=True, slots=True)
class _Renewed:
    session: Session
    account: Account


async def refresh(auth: Auth, token_text: str | None, caller: Caller) -> Grant:
    """Return new tokens for a refresh token.

    The live token is superseded by its successor. The one before it, within ten seconds and from the
    session's own device, gets that same successor again, five times at most: it is a function of the
    family, so nothing can fork. A sixth gets nothing and ends nothing: a browser that restores ten tabs
    holds the new cookie a moment later. Any other genuine token was stolen or has been: its family ends.

    Raises LoginSessionEnded for no token, an invented, expired or revoked one, and for an administrator whom
    AUTH_ADMIN_EMAILS names no longer, RefreshReuseDetected,
    and TooManyAttempts for that sixth repetition and beyond sixty in a minute.
    """
    token = parsed(token_text)
    if token is None:
        raise LoginSessionEnded()
    async with auth.database.transaction() as tx:
        renewed = await _renewed(auth, tx, token, caller)
    if renewed is None:
        raise RefreshReuseDetected()
    account = await follow_list(auth, renewed.account, renewed.session, caller, is_new=False)
    return await tokens_of(auth, renewed.session, account)


async def _renewed(auth: Auth, tx: Transaction, token: RefreshToken, caller: Caller) -> _Renewed | None:
    found = await store.lock_session(tx, token.session_id)
    now = auth.clock.now()
    if found is None or not auth.refresh_tokens.is_genuine(token, found[0].salt):
        raise LoginSessionEnded()
    session, account = found
    if not session.is_live(now) or not account.is_active:
        raise LoginSessionEnded()
    if token.generation == session.generation:
        return _Renewed(await _rotated(auth, tx, session, account), account)
    if _is_in_grace(auth, token, session) and await is_same_device(tx, session.device_id, caller):
        if session.replays >= REPLAYS_AT_MOST:
            raise TooManyAttempts(retry_after_s=1, limit=REPLAYS)
        await store.count_replay(tx, session.id, next_arrival(REFRESHES, session.refreshes_next, now))
        return _Renewed(session, account)
    await revoke_session(auth, tx, session, Ending("refresh_token_reused", None, caller))
    return None


async def _rotated(auth: Auth, tx: Transaction, session: Session, account: Account) -> Session:
    now = auth.clock.now()
    idle_end = min(now + lifetime_for(auth.settings, account.role, session.acr).idle, session.absolute_end)
    rotated = replace(
        session,
        generation=session.generation + 1,
        rotated_at=now,
        idle_end=idle_end,
        refreshes_next=next_arrival(REFRESHES, session.refreshes_next, now),
    )
    await store.rotate(tx, rotated)
    return rotated


def _is_in_grace(auth: Auth, token: RefreshToken, session: Session) -> bool:
    return token.generation == session.generation - 1 and auth.clock.now() - session.rotated_at <= GRACE
