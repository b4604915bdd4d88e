"""Link an account at a provider to the account of whoever began it, still signed in and in the same browser."""

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.oidc.account_of_proof import LINKED, link
from emergence.auth.oidc.provider_settings import OidcProvider
from emergence.auth.oidc.provider_tokens import Proof
from emergence.auth.parts import Auth
from emergence.auth.store import identities, sessions, users
from emergence.auth.store.oidc_states import TakenState
from emergence.contracts.auth.problems import LoginSessionEnded
from emergence.contracts.auth.provider_problems import IdentityTaken


async def link_identity(auth: Auth, provider: OidcProvider, state: TakenState, proof: Proof, caller: Caller) -> None:
    """Link; does nothing when it is linked to the same person. Raises LoginSessionEnded, IdentityTaken."""
    if state.session_id is None or state.linker_id is None:
        raise LoginSessionEnded()
    async with auth.database.transaction() as tx:
        await identities.take_turn(tx, [f"{provider.issuer} {proof.subject}"])
        await users.hold(tx, state.linker_id)
        found = await sessions.lock_session(tx, state.session_id)
        if found is None or not found[0].is_live(auth.clock.now()) or not found[1].is_active:
            raise LoginSessionEnded()
        known = await identities.find(tx, provider.issuer, proof.subject)
        if known is not None and known[0].user_id != state.linker_id:
            raise IdentityTaken()
        if known is None:
            await link(auth, tx, state.linker_id, provider, proof)
            data = {"provider": provider.id, "how": "settings"}
            event = AuditEvent(LINKED, state.linker_id, state.linker_id, state.session_id, data=data)
            await record(auth, tx, event, caller)
