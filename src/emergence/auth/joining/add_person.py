"""Make the account of somebody who may join; every way of joining ends here, but the first administrator's."""

from dataclasses import dataclass
from hashlib import sha256

from emergence.auth.email_addresses import normalised_email
from emergence.auth.limit_attempts import account_key
from emergence.auth.parts import Auth
from emergence.auth.store import attempts, invitations, profile, registrations, users
from emergence.auth.store.profile import Change
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import Language, Role
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who gets an account; `is_proved`: the address is surely theirs. Without `phc` they have no password."""

    email: str
    display_name: str
    role: Role
    is_proved: bool
    language: Language | None = None
    phc: str | None = None


async def add_person(auth: Auth, tx: Transaction, newcomer: Newcomer) -> Account:
    """Store the account; what else was begun for its address is over. Raises EmailTaken."""
    now, email_norm = auth.clock.now(), normalised_email(newcomer.email)
    account = Account(new_id(), newcomer.display_name, newcomer.role, True, newcomer.email)
    await users.add_user(tx, account, now)
    await users.add_email(tx, account.user_id, newcomer.email, email_norm)
    if newcomer.is_proved:
        await users.verify_email(tx, email_norm, now)
    if newcomer.phc is not None:
        await users.set_password(tx, account.user_id, newcomer.phc, now)
    if newcomer.language is not None:
        await profile.change_profile(tx, account.user_id, Change(None, newcomer.language, ["language"]))
    await invitations.accept_of_address(tx, email_norm, now)
    await registrations.forget_address(tx, address_hash(email_norm))
    await attempts.forget(tx, account_key(email_norm))  # whoever guessed before must not lock the owner out now
    return account


def address_hash(email_norm: str) -> bytes:
    """Return what a registration knows its address by."""
    return sha256(email_norm.encode()).digest()
