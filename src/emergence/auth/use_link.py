"""Use a mailed link up, with the account that it belongs to locked in the order that all follow."""

from uuid import UUID

from emergence.auth.one_time_tokens import Purpose, token_hash
from emergence.auth.parts import Auth
from emergence.auth.store import one_time_tokens, sessions, users
from emergence.auth.store.one_time_tokens import FoundToken
from emergence.contracts.auth.by_mail import MailedLink
from emergence.contracts.auth.problems import LinkInvalid
from emergence.kernel.storage.database import Transaction


async def use_link(auth: Auth, tx: Transaction, request: MailedLink, purpose: Purpose) -> tuple[FoundToken, UUID]:
    """Use a link up and return it, and whose it is; nobody opens or ends a session of theirs before `tx` ends.

    The order is account, sessions, tokens: whoever ends sessions withdraws tokens afterwards. Raises LinkInvalid.
    """
    hashed, now = token_hash(request.token.get_secret_value()), auth.clock.now()
    user_id = await one_time_tokens.holder_of(tx, hashed, purpose, now)
    if user_id is None:
        raise LinkInvalid()
    await users.lock_account(tx, user_id)
    await sessions.lock_sessions(tx, user_id, now)
    used = await one_time_tokens.consume_token(tx, hashed, purpose, now)
    if used is None:
        raise LinkInvalid()
    return used, user_id
