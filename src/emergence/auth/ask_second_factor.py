"""Ask for a second factor after a first step of signing in, whichever it was."""

from datetime import timedelta
from uuid import UUID

from emergence.auth.one_time_tokens import new_token
from emergence.auth.open_session import Authentication
from emergence.auth.parts import Auth
from emergence.contracts.auth.signing_in import SecondFactorNeeded
from emergence.kernel.storage.database import Transaction

WITHIN = timedelta(minutes=5)


async def ask_second_factor(auth: Auth, tx: Transaction, user_id: UUID, first: Authentication) -> SecondFactorNeeded:
    """Return what to answer with; the token remembers how the first step was taken."""
    token = await new_token(auth, tx, "second_factor", user_id, WITHIN, {"methods": " ".join(first.methods)})
    return SecondFactorNeeded(mfa_token=token, expires_in=int(WITHIN.total_seconds()))
