"""People, their addresses and their passwords."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from emergence.auth.store.deletions import PENDING
from emergence.contracts.auth.problems import EmailTaken
from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the other parts see one."""

    user_id: UUID
    display_name: str
    role: Role
    is_active: bool
    email: str | None
    is_being_deleted: bool = False

    @property
    def may_prove_itself(self) -> bool:
        """Whether signing in is worth going on with: what is about to be deleted may be kept by its owner."""
        return self.is_active or self.is_being_deleted


@dataclass(frozen=True, slots=True)
class PasswordCredential:
    """What an address and a password are checked against."""

    account: Account
    phc: str
    changed_at: datetime
    must_change: bool


_ACCOUNT = """users.id AS user_id, users.display_name, users.role, users.status,
    (SELECT email FROM user_emails WHERE user_emails.user_id = users.id AND is_primary) AS email"""


def account_from(row: Record) -> Account:
    """Return the account in a row that selects the columns of an account."""
    return Account(
        user_id=row["user_id"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        is_active=row["status"] == "active",
        email=row["email"],
        is_being_deleted=row["status"] == PENDING,
    )


async def read_password_credential(database: Database, email_norm: str) -> PasswordCredential | None:
    """Return what belongs to a normalised address, or None when it cannot sign in with a password."""
    row = await database.fetchrow(
        f"""SELECT {_ACCOUNT}, phc, changed_at, must_change
            FROM user_emails AS used JOIN users ON users.id = used.user_id
            JOIN password_credentials USING (user_id) WHERE used.email_norm = $1""",  # noqa: S608 - our own columns
        email_norm,
    )
    return PasswordCredential(account_from(row), row["phc"], row["changed_at"], row["must_change"]) if row else None


async def find_account(tx: Transaction, email_norm: str) -> Account | None:
    """Return the account with a normalised address."""
    row = await tx.fetchrow(
        f"""SELECT {_ACCOUNT} FROM user_emails AS used JOIN users ON users.id = used.user_id
            WHERE used.email_norm = $1""",  # noqa: S608 - our own columns
        email_norm,
    )
    return account_from(row) if row else None


@dataclass(frozen=True, slots=True)
class AddressHolder:
    """Who an address stands with, whether their letters go there, and whether it, or another of theirs, was proved."""

    account: Account
    is_primary: bool
    is_verified: bool
    has_verified_another: bool


async def lock_holder(tx: Transaction, email_norm: str) -> AddressHolder | None:
    """Return who has an address; until the transaction ends nobody opens a session of that account, see `hold`."""
    await tx.execute(
        "SELECT FROM users WHERE id = (SELECT user_id FROM user_emails WHERE email_norm = $1) FOR UPDATE", email_norm
    )
    row = await tx.fetchrow(
        f"""SELECT {_ACCOUNT}, used.is_primary, used.verified_at IS NOT NULL AS is_verified,
                EXISTS (SELECT FROM user_emails AS other WHERE other.user_id = users.id
                    AND other.email_norm <> used.email_norm AND other.verified_at IS NOT NULL) AS has_verified_another
            FROM user_emails AS used JOIN users ON users.id = used.user_id
            WHERE used.email_norm = $1""",  # noqa: S608 - our own columns
        email_norm,
    )
    if row is None:
        return None
    return AddressHolder(account_from(row), row["is_primary"], row["is_verified"], row["has_verified_another"])


async def lock_account(tx: Transaction, user_id: UUID) -> None:
    """Let one transaction at a time decide about an account; nobody opens a session of it meanwhile."""
    await tx.execute("SELECT FROM users WHERE id = $1 FOR UPDATE", user_id)


async def hold(tx: Transaction, user_id: UUID) -> None:
    """Keep an account from being taken over until this transaction ends; what it may do is read after this."""
    await tx.execute("SELECT FROM users WHERE id = $1 FOR KEY SHARE", user_id)


async def hold_password(tx: Transaction, user_id: UUID, phc: str) -> bool:
    """Do as `hold`, and return whether this hash is still the one of the account's password.

    The account is locked first, as whoever replaces passwords does. PostgreSQL looks again at what it had to wait
    for, but only at rows whose lock forbids the change: therefore the password's too, and not merely for its key.
    """
    row = await tx.fetchrow(
        """SELECT FROM users JOIN password_credentials ON password_credentials.user_id = users.id
           WHERE users.id = $1 AND phc = $2 FOR KEY SHARE OF users FOR NO KEY UPDATE OF password_credentials""",
        user_id,
        phc,
    )
    return row is not None


async def read_account(tx: Transaction, user_id: UUID) -> Account:
    """Return an account that is known to exist."""
    row = await tx.fetchrow(f"SELECT {_ACCOUNT} FROM users WHERE users.id = $1", user_id)  # noqa: S608
    if row is None:
        raise LookupError("the account disappeared")
    return account_from(row)


async def hold_account(tx: Transaction, user_id: UUID) -> Account:
    """Do as `hold`, and return the account as it is then; it must be known to exist."""
    await hold(tx, user_id)
    return await read_account(tx, user_id)


@dataclass(frozen=True, slots=True)
class Entering:
    """An account that a session is being opened of."""

    account: Account
    must_change_password: bool


async def keep_account(tx: Transaction, user_id: UUID) -> Account | None:
    """Return an account and keep its role and status as they are until the transaction ends."""
    entering = await keep_entering(tx, user_id)
    return entering.account if entering else None


async def keep_entering(tx: Transaction, user_id: UUID) -> Entering | None:
    """Do as `keep_account`, for whoever signs in."""
    row = await tx.fetchrow(
        f"""SELECT {_ACCOUNT}, coalesce(must_change, false) AS must_change
            FROM users LEFT JOIN password_credentials ON password_credentials.user_id = users.id
            WHERE users.id = $1 AND deleted_at IS NULL FOR SHARE OF users""",  # noqa: S608 - our own columns
        user_id,
    )
    return Entering(account_from(row), row["must_change"]) if row else None


async def add_user(tx: Transaction, account: Account, at: datetime) -> None:
    """Store a new person, without address or password."""
    await tx.execute(
        "INSERT INTO users (id, display_name, role, created_at) VALUES ($1, $2, $3, $4)",
        account.user_id,
        account.display_name,
        account.role,
        at,
    )


async def rename_user(tx: Transaction, user_id: UUID, display_name: str) -> None:
    """Change how a person is called."""
    await tx.execute("UPDATE users SET display_name = $2 WHERE id = $1", user_id, display_name)


async def add_email(tx: Transaction, user_id: UUID, email: str, email_norm: str) -> None:
    """Give a person their primary address, not verified. Raises EmailTaken."""
    try:
        await tx.execute(
            "INSERT INTO user_emails (user_id, email, email_norm, is_primary) VALUES ($1, $2, $3, true)",
            user_id,
            email,
            email_norm,
        )
    except UniqueViolationError as taken:
        raise EmailTaken() from taken


async def verify_email(tx: Transaction, email_norm: str, at: datetime) -> None:
    """Note that an address was proved to be its holder's."""
    await tx.execute("UPDATE user_emails SET verified_at = $2 WHERE email_norm = $1", email_norm, at)


async def set_password(tx: Transaction, user_id: UUID, phc: str, at: datetime, *, does_alone: bool = True) -> None:
    """Store the hash of a person's password, replacing an earlier one.

    `does_alone` says whether it is long enough to be all that is asked, as where no second factor was set.
    """
    await tx.execute(
        """INSERT INTO password_credentials (user_id, phc, changed_at, does_alone) VALUES ($1, $2, $3, $4)
           ON CONFLICT (user_id) DO UPDATE
               SET phc = excluded.phc, changed_at = excluded.changed_at, must_change = false,
                   does_alone = excluded.does_alone""",
        user_id,
        phc,
        at,
        does_alone,
    )


async def add_password(tx: Transaction, user_id: UUID, phc: str, at: datetime, *, does_alone: bool) -> bool:
    """Store the hash of a person's first password; False where they have one, which stays."""
    row = await tx.fetchrow(
        """INSERT INTO password_credentials (user_id, phc, changed_at, does_alone) VALUES ($1, $2, $3, $4)
           ON CONFLICT (user_id) DO NOTHING RETURNING true""",
        user_id,
        phc,
        at,
        does_alone,
    )
    return row is not None


async def may_have_short_password(database: Database | Transaction, user_id: UUID) -> bool:
    """Return whether a person has a password that is not known to be long enough to be all that is asked."""
    row = await database.fetchrow(
        "SELECT FROM password_credentials WHERE user_id = $1 AND does_alone IS NOT TRUE", user_id
    )
    return row is not None


async def read_password(database: Database, user_id: UUID) -> str | None:
    """Return the hash of a person's password, or None when they have none."""
    row = await database.fetchrow("SELECT phc FROM password_credentials WHERE user_id = $1", user_id)
    return row["phc"] if row else None


async def read_ended_password(database: Database, user_id: UUID) -> str | None:
    """Return the hash of the last password that was taken from a person; it signs nobody in."""
    row = await database.fetchrow("SELECT phc FROM ended_passwords WHERE user_id = $1", user_id)
    return row["phc"] if row else None


async def end_password(tx: Transaction, user_id: UUID, at: datetime) -> bool:
    """Take a person's password away; return whether there was one. Its hash is kept, so that it is not chosen again."""
    row = await tx.fetchrow(
        """WITH ended AS (DELETE FROM password_credentials WHERE user_id = $1 RETURNING user_id, phc)
           INSERT INTO ended_passwords (user_id, phc, ended_at) SELECT user_id, phc, $2 FROM ended
           ON CONFLICT (user_id) DO UPDATE SET phc = excluded.phc, ended_at = excluded.ended_at RETURNING true""",
        user_id,
        at,
    )
    return row is not None


async def upgrade_hash(tx: Transaction, user_id: UUID, replaced: str, phc: str) -> None:
    """Store the same password under newer parameters, unless it was changed in the meantime."""
    await tx.execute("UPDATE password_credentials SET phc = $3 WHERE user_id = $1 AND phc = $2", user_id, replaced, phc)
