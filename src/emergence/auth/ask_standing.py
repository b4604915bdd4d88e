"""Say whether a login session may still be used, to a service that got no news."""

from emergence.auth.parts import Auth
from emergence.auth.store import sessions as store
from emergence.contracts.auth.revocations import AskStanding, Standing


async def ask_standing(auth: Auth, asked: AskStanding) -> Standing:
    """Return what the database says of the session, the account and the key. Raises DatabaseUnavailable."""
    found = await store.read_session(auth.database, asked.session_id, asked.user_id)
    if found is None or not found[0].is_live(auth.clock.now()) or not found[1].is_active:
        return Standing(active=False)
    return Standing(active=asked.key_id is None or await auth.keys.is_known(asked.key_id))
