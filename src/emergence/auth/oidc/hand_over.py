"""Go on with signing in where the provider's part ended: the page trades the token in its address for the code step."""

from datetime import timedelta

from emergence.auth.log_in import SECOND_FACTOR_WITHIN
from emergence.auth.one_time_tokens import new_token, token_hash
from emergence.auth.parts import Auth
from emergence.auth.store import one_time_tokens as store
from emergence.contracts.auth.problems import SignInExpired
from emergence.contracts.auth.signing_in import SecondFactorNeeded


async def hand_over(auth: Auth, token: str) -> SecondFactorNeeded:
    """Return what the second step needs, once: an address stays in a browser's history. Raises SignInExpired."""
    hashed, lifetime = token_hash(token), SECOND_FACTOR_WITHIN
    async with auth.database.transaction() as tx:
        user_id = await store.consume_token(tx, hashed, "oidc_handover", auth.clock.now())
        if user_id is None:
            raise SignInExpired()
        proof = await store.read_data(tx, hashed)
        following = await new_token(auth, tx, "second_factor", user_id, lifetime, proof)
    return SecondFactorNeeded(mfa_token=following, expires_in=int(lifetime / timedelta(seconds=1)))
