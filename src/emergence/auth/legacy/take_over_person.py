"""Give somebody of the former system their account here, with the password and the second factor they had there."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.check_code import SEED_PLACE
from emergence.auth.email_addresses import normalised_email
from emergence.auth.legacy.former_codes import hashes_of, usable_form
from emergence.auth.make_administrator import BY_COMMAND
from emergence.auth.parts import Auth
from emergence.auth.store import identities, people, second_factors, users
from emergence.auth.store import legacy as store
from emergence.auth.store.identities import LinkedIdentity
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import Role
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

ACCOUNT_STAYS = "this address has an account here: its password, role and second factor stay as they are"
REVOKED_SINCE = "is revoked there and active here: suspend the account, if that is what you want"
IDENTITY_TAKEN = "oauth_sub signs in somebody else here: it was not linked"
UNUSABLE_CODES = "backup codes of an unknown kind were left out: new ones are made under Settings, Security"


@dataclass(frozen=True, slots=True)
class FormerTotp:
    """A seed that was asked for at sign-in, and the recovery codes beside it, plain or SHA-256 in hex."""

    seed: bytes
    since: datetime
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormerPassword:
    """A bcrypt hash; `must_change`: another one is asked for after the next sign-in."""

    phc: str
    since: datetime
    must_change: bool


@dataclass(frozen=True, slots=True)
class FormerIdentity:
    """An account at an OpenID provider."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class FormerPerson:
    """Somebody whom the former system let in; `is_revoked`: not any more."""

    email: str
    role: Role
    is_revoked: bool
    created_at: datetime
    password: FormerPassword | None
    totp: FormerTotp | None
    identity: FormerIdentity | None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What became of them. `erased`: they were brought over before, and have been erased here since."""

    outcome: Literal["imported", "present", "erased"]
    user_id: UUID | None
    notes: tuple[str, ...] = ()


async def take_over_person(auth: Auth, person: FormerPerson, *, writes: bool) -> TakenOver:
    """Make the account unless the address has one; without `writes`, say what would be. Idempotent.

    The address counts as proved: the operator vouches for the list of the former system. Raises SignInBusy,
    EmailTaken when somebody takes the address at the same moment, DatabaseUnavailable.
    """
    source = hmac.digest(auth.audit_key, f"legacy-person:{normalised_email(person.email)}".encode(), sha256)
    async with auth.database.transaction() as tx:
        found = await _found(auth, tx, source, person, writes=writes)
    if found is not None:
        return found
    forms = [usable_form(code) for code in person.totp.codes] if person.totp else []
    notes = [UNUSABLE_CODES] if None in forms else []
    if not writes:
        return TakenOver("imported", new_id(), tuple(notes))
    codes = await hashes_of(auth, [form for form in forms if form is not None])  # slow: never inside the transaction
    async with auth.database.transaction() as tx:
        account = Account(new_id(), _name_of(person.email), person.role, True, person.email)
        await users.add_user(tx, account, person.created_at)
        await users.add_email(tx, account.user_id, person.email, normalised_email(person.email))
        await users.verify_email(tx, normalised_email(person.email), auth.clock.now())
        await store.note_person(tx, source, account.user_id, auth.clock.now())
        await _add_proofs(auth, tx, account.user_id, person, codes)
        if person.identity is not None and not await _linked(auth, tx, account, person.identity):
            notes.append(IDENTITY_TAKEN)
        if person.is_revoked:
            await people.set_status(tx, account.user_id, "suspended")
        data = BY_COMMAND | {"role": person.role.value, "suspended": person.is_revoked}
        await record(auth, tx, AuditEvent("account.imported", None, account.user_id, data=data), None)
    return TakenOver("imported", account.user_id, tuple(notes))


async def _found(auth: Auth, tx: Transaction, source: bytes, person: FormerPerson, *, writes: bool) -> TakenOver | None:
    known = await store.find_person(tx, source)
    if known is not None and known.user_id is None:
        return TakenOver("erased", None)
    if known is not None and known.user_id is not None:
        account: Account | None = await users.read_account(tx, known.user_id)
    else:
        account = await users.find_account(tx, normalised_email(person.email))
    if account is None:
        return None
    notes = [REVOKED_SINCE] if person.is_revoked and account.is_active else []
    if known is None:
        notes.append(ACCOUNT_STAYS)
    if known is None and writes:
        await store.note_person(tx, source, account.user_id, auth.clock.now())
    return TakenOver("present", account.user_id, tuple(notes))


async def _add_proofs(
    auth: Auth, tx: Transaction, user_id: UUID, person: FormerPerson, codes: Mapping[str, str]
) -> None:
    if (password := person.password) is not None:
        await store.set_former_password(tx, user_id, password.phc, password.since, must_change=password.must_change)
    if (totp := person.totp) is not None:
        await store.set_former_totp(tx, user_id, auth.seal.close(totp.seed, SEED_PLACE.format(user_id)), totp.since)
        await second_factors.replace_recovery_codes(tx, user_id, codes, totp.since)


async def _linked(auth: Auth, tx: Transaction, account: Account, identity: FormerIdentity) -> bool:
    """Let the provider's account sign them in; False where it signs in somebody else."""
    await identities.take_turn(tx, [f"{identity.issuer} {identity.subject}"])
    if await identities.find(tx, identity.issuer, identity.subject) is not None:
        return False
    link = LinkedIdentity(
        new_id(), identity.issuer, identity.subject, account.user_id, account.email, auth.clock.now(), None
    )
    await identities.add(tx, link)
    return True


def _name_of(email: str) -> str:
    return email.partition("@")[0][:80].strip()
