"""Which account here a proved person may enter: the linked one, else by a proved address one of theirs or a new one."""

from dataclasses import dataclass
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.joining.add_person import Newcomer, add_person
from emergence.auth.may_join import may_join
from emergence.auth.oidc.claimed_person import ClaimedPerson, claimed_person
from emergence.auth.oidc.provider_settings import OidcProvider
from emergence.auth.oidc.provider_tokens import Proof
from emergence.auth.oidc.take_over import take_over
from emergence.auth.parts import Auth
from emergence.auth.store import identities as store
from emergence.auth.store import users
from emergence.auth.store.identities import LinkedIdentity
from emergence.auth.store.users import Account, AddressHolder
from emergence.contracts.auth.provider_problems import IdentityNotLinked
from emergence.contracts.auth.values import Role
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

LINKED = "account.identity_linked"


@dataclass(frozen=True, slots=True)
class Entry:
    """An account, and the identity by which somebody enters it."""

    account: Account
    identity_id: UUID


async def account_of_proof(auth: Auth, provider: OidcProvider, proof: Proof, caller: Caller) -> Entry:
    """Return the account that somebody may enter.

    An address counts only where the provider says that it is verified and is trusted for it. With a primary one that
    was proved here too, the accounts are linked; one that nobody has proved here may have been given by
    somebody else before (pre-hijacking), who then loses the account to its owner. Raises IdentityNotLinked,
    which tells nothing of who has accounts here, and EmailTaken when somebody registers at this very moment.
    """
    person = claimed_person(provider, proof)
    email_norm = normalised_email(person.email) if person.email else None
    async with auth.database.transaction() as tx:
        await store.take_turn(tx, [f"{provider.issuer} {proof.subject}", email_norm or ""])
        known = await store.find(tx, provider.issuer, proof.subject)
        if known is not None:
            identity, account = known
            if not account.may_prove_itself:
                raise IdentityNotLinked()
            await store.note_use(tx, identity.id, auth.clock.now())
            return Entry(account, identity.id)
        if email_norm is None:
            raise IdentityNotLinked()
        holder, linking = await users.lock_holder(tx, email_norm), Linking(provider, proof, person, caller)
        if holder is not None:
            return await _of_holder(auth, tx, holder, linking)
        role = await may_join(auth, tx, email_norm)
        if role is None:
            raise IdentityNotLinked()
        return await _of_newcomer(auth, tx, role, linking)


@dataclass(frozen=True, slots=True)
class Linking:
    """What is known when an identity is linked."""

    provider: OidcProvider
    proof: Proof
    person: ClaimedPerson
    caller: Caller


async def _of_holder(auth: Auth, tx: Transaction, holder: AddressHolder, linking: Linking) -> Entry:
    account = holder.account
    if not holder.is_primary:  # one that was given up, and is only kept from others: whoever has it may be anybody
        raise IdentityNotLinked()
    if holder.is_verified and account.is_active:
        return await _linked(auth, tx, account, linking, how="email")
    # An administrator's account was made by whoever owns the server, not by a stranger in advance.
    if holder.is_verified or holder.has_verified_another or not account.is_active or account.role is Role.ADMIN:
        raise IdentityNotLinked()
    email_norm = normalised_email(linking.person.email or "")
    await take_over(auth, tx, account.user_id, linking.person.name, linking.caller)
    await users.verify_email(tx, email_norm, auth.clock.now())
    return await _linked(auth, tx, await users.read_account(tx, account.user_id), linking, how="takeover")


async def _of_newcomer(auth: Auth, tx: Transaction, role: Role, linking: Linking) -> Entry:
    newcomer = Newcomer(linking.person.email or "", linking.person.name, role, True, linking.caller.language)
    account = await add_person(auth, tx, newcomer)
    return await _linked(auth, tx, account, linking, how="new_account")


async def _linked(auth: Auth, tx: Transaction, account: Account, linking: Linking, *, how: str) -> Entry:
    identity_id = await link(auth, tx, account.user_id, linking.provider, linking.proof)
    data = {"provider": linking.provider.id, "how": how}
    await record(auth, tx, AuditEvent(LINKED, account.user_id, account.user_id, data=data), linking.caller)
    return Entry(account, identity_id)


async def link(auth: Auth, tx: Transaction, user_id: UUID, provider: OidcProvider, proof: Proof) -> UUID:
    """Store an identity that nobody has yet, and return its id."""
    now, email = auth.clock.now(), claimed_person(provider, proof).email_as_told
    added = LinkedIdentity(new_id(), provider.issuer, proof.subject, user_id, email, now, now)
    await store.add(tx, added)
    return added.id
