"""Who is who in the former system: one person had an address, the SHA-256 of it, and sometimes a plain id."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from emergence.auth.email_addresses import normalised_email
from emergence.auth.legacy.take_over_person import FormerIdentity, FormerPassword, FormerPerson, FormerTotp
from emergence.auth.passwords import BCRYPT
from emergence.contracts.auth.values import Email, Role
from emergence.legacy.store import TOO_LONG, Row, Value
from emergence.legacy.values import base32_in, is_true, list_in, moment_in, text_in, texts_in

ROLES: Mapping[str, Role] = {
    "admin": Role.ADMIN,
    "member": Role.MEMBER,
    "tester": Role.MEMBER,  # testers did what members do
    "guest": Role.GUEST,
}
BCRYPT_HASH = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
BCRYPT_COST_MIN = 4  # bcrypt itself takes none below
BCRYPT_COST_MAX = 14  # about a second of a processor for each sign-in; every step more doubles it
EMAIL: TypeAdapter[str] = TypeAdapter(Email)

NO_ADDRESS = "email is no address"
NO_SEED = "totp_secret is no base32, and without the second factor the password alone would do: correct or empty it"
OTHER_ROLE = "role is unknown: imported as a guest"
NOT_BCRYPT = "password_hash is no bcrypt hash: the person sets a password by mail, or signs in otherwise"
COSTLY = (
    f"password_hash has a cost outside {BCRYPT_COST_MIN} to {BCRYPT_COST_MAX}: "
    "the person sets a password by mail, or signs in otherwise"
)
NOT_ENABLED = "totp_secret was never enabled: it was left out"
NO_ISSUER = "oauth_sub was not linked: name the provider with --oauth-issuer"
CODES_UNREADABLE = "backup_codes is no JSON list: they were left out"


class RowRefused(Exception):
    """A row that cannot be brought over, and why."""


def require_whole(row: Row) -> None:
    """Raise RowRefused for a row of which something was too long to be read."""
    if (column := row.get(TOO_LONG)) is not None:
        raise RowRefused(f"{column} is longer than anything that is brought over")


def person_in(row: Row, issuer: str | None) -> tuple[FormerPerson, list[str]]:
    """Return the person in a row of the allowlist, and what of it is left out. Raises RowRefused."""
    hints: list[str] = []
    require_whole(row)
    try:
        email = EMAIL.validate_python((text_in(row["email"]) or "").strip())
    except ValidationError:
        raise RowRefused(NO_ADDRESS) from None
    created_at = moment_in(row["created_at"]) or datetime.now(UTC)
    role = ROLES.get((text_in(row["role"]) or "").strip().lower())
    if role is None:
        hints.append(OTHER_ROLE)
    subject = text_in(row["oauth_sub"])
    if subject is not None and issuer is None:
        hints.append(NO_ISSUER)
    person = FormerPerson(
        email=email,
        role=role or Role.GUEST,
        is_revoked=text_in(row["revoked_at"]) is not None,
        created_at=created_at,
        password=_password(row, created_at, hints),
        totp=_totp(row, created_at, hints),
        identity=FormerIdentity(issuer, subject.strip()) if subject is not None and issuer is not None else None,
    )
    return person, hints


def _password(row: Row, created_at: datetime, hints: list[str]) -> FormerPassword | None:
    phc = (text_in(row["password_hash"]) or "").strip()
    if not phc:
        return None
    if not phc.startswith(BCRYPT) or not BCRYPT_HASH.fullmatch(phc):
        hints.append(NOT_BCRYPT)
        return None
    if not BCRYPT_COST_MIN <= int(phc[4:6]) <= BCRYPT_COST_MAX:
        hints.append(COSTLY)
        return None
    since = moment_in(row["password_updated_at"]) or created_at
    return FormerPassword(phc, since, must_change=is_true(row["password_must_reset"]))


def _totp(row: Row, created_at: datetime, hints: list[str]) -> FormerTotp | None:
    secret = text_in(row["totp_secret"])
    if secret is None:
        return None
    if text_in(row["totp_enabled_at"]) is None:
        hints.append(NOT_ENABLED)
        return None
    seed = base32_in(secret)
    if seed is None:
        raise RowRefused(NO_SEED)
    codes: tuple[str, ...] = ()
    if text_in(row["backup_codes"]) is not None:
        listed = list_in(row["backup_codes"])
        if listed is None:
            hints.append(CODES_UNREADABLE)
        codes = texts_in(listed or [])
    return FormerTotp(seed, moment_in(row["totp_enabled_at"]) or created_at, codes)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a row belongs to; without an account nothing of theirs is brought over, and `reason` says why."""

    user_id: UUID | None
    reason: str = ""


NOBODY = Owner(None, "nobody in auth_allowlist has this user_id: name who it is with --same-person")
TWO_PEOPLE = Owner(None, "two people have this user_id")
NO_OWNER = Owner(None, "has no user_id, and its session belongs to nobody")


@dataclass(slots=True)
class People:
    """Everybody's ids, and whom they became here."""

    _owners: dict[str, Owner] = field(default_factory=dict)  # by normalised address
    _addresses: dict[str, set[str]] = field(default_factory=dict)  # of each other id
    _fixed: set[str] = field(default_factory=set)  # ids that follow from an address: no former sign-in changes them
    _sessions: dict[str, str] = field(default_factory=dict)  # address of each session

    def add(self, email: str, owner: Owner) -> None:
        """Note whom somebody became, under their address and its hash."""
        known_as = normalised_email(email)
        self._owners[known_as] = owner
        for written in {known_as, email.strip().lower()}:
            for form in (written, sha256(written.encode()).hexdigest()):
                self._note(form, known_as)
                self._fixed.add(_form(form))

    def is_known(self, email: str) -> bool:
        """Return whether a row of the allowlist had this address already."""
        return normalised_email(email) in self._owners

    def learn(self, sessions: Iterable[Row], same: Iterable[tuple[str, str]]) -> None:
        """Note plain ids: those that former sign-ins had beside an address, and those that the operator names."""
        for row in sessions:
            email = text_in(row["email"])
            if row.get(TOO_LONG) is not None or email is None or not self.is_known(email):
                continue
            if (session := text_in(row["id"])) is not None:
                self._sessions[session] = normalised_email(email)
            if (plain := text_in(row["user_id"])) is not None and _form(plain) not in self._fixed:
                self._note(plain, normalised_email(email))
        for plain, email in same:
            self._addresses[_form(plain)] = {normalised_email(email)}

    def owner(self, user_id: Value, session_id: Value = None) -> Owner:
        """Return whom a row belongs to, by its `user_id`, or where it has none by its session."""
        known_as = text_in(user_id)
        if known_as is None:
            session = text_in(session_id)
            email = self._sessions.get(session) if session is not None else None
            return NO_OWNER if email is None else self._owners[email]
        addresses = self._addresses.get(_form(known_as), set())
        if len(addresses) > 1:
            return TWO_PEOPLE
        return next((self._owners.get(address, NOBODY) for address in addresses), NOBODY)

    def _note(self, known_as: str, address: str) -> None:
        self._addresses.setdefault(_form(known_as), set()).add(address)


def _form(known_as: str) -> str:
    return normalised_email(known_as)
