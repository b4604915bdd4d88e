"""Go on with signing in where the provider's part ended: the page trades the token in its address for the next step."""

from emergence.auth.one_time_tokens import token_hash
from emergence.auth.parts import Auth
from emergence.auth.second_factors import methods_of
from emergence.auth.second_step import ask_second_factor, first_step_from
from emergence.auth.store import one_time_tokens as store
from emergence.auth.undo_deletion import offer_undo
from emergence.contracts.auth.problems import SignInExpired
from emergence.contracts.auth.signing_in import SecondFactorNeeded


async def hand_over(auth: Auth, token: str) -> SecondFactorNeeded:
    """Return what the second step needs, once: an address stays in a browser's history.

    Raises SignInExpired; DeletionPending where no second factor is asked before the account may be kept.
    """
    hashed = token_hash(token)
    async with auth.database.transaction() as tx:
        used = await store.consume_token(tx, hashed, "oidc_handover", auth.clock.now())
    if used is None or used.user_id is None:
        raise SignInExpired()
    async with auth.database.transaction() as tx:
        if asked := await methods_of(tx, used.user_id):
            return await ask_second_factor(auth, tx, used.user_id, first_step_from(used.data), asked)
        offer = await offer_undo(auth, tx, used.user_id)
    raise offer
