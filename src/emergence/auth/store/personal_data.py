"""What auth holds of people: read for an export, and erased in this order, in which nothing refers to what is gone."""

from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.kernel.storage.personal_data import PARKED_EVENTS, PersonalTable, erase_rows

_REFERENCE = "(SELECT reference FROM audit_references WHERE user_id = $1)"
# From where a stranger tried to get in is the person's to know; from where an administrator acted is not.
_DONE_BY_OR_AGAINST = f"log.actor = {_REFERENCE} OR (log.actor IS NULL AND log.subject = {_REFERENCE})"
_OWN_ADDRESSES = f"t.seq IN (SELECT log.seq FROM audit_log AS log WHERE {_DONE_BY_OR_AGAINST})"  # noqa: S608
_SHOWN_AUDIT = f"""to_jsonb(t) || CASE WHEN t.actor IS NULL OR t.actor = {_REFERENCE} THEN '{{}}'::jsonb
    ELSE '{{"ip_prefix": null, "ua": null, "session_id": null, "request_id": null}}'::jsonb END"""
_SHOWN_SESSION = """to_jsonb(t) || CASE WHEN t.impersonator_id IS NULL THEN '{}'::jsonb
    ELSE '{"ip_prefix": null, "ua": null, "impersonator_session_id": null}'::jsonb END"""
_OWN_BUCKETS = """strpos(t.key, $1::uuid::text) > 0 OR t.key IN
    (SELECT 'login:account:' || encode(sha256(convert_to(email_norm, 'UTF8')), 'hex')
     FROM user_emails WHERE user_id = $1)"""

_OF_OWN_EMAIL = "t.email_norm IN (SELECT email_norm FROM user_emails WHERE user_id = $1)"

# What the former system wrote down belongs to whom it was done to, else to whoever did it.
_OWN_LEGACY = "coalesce(t.subject, t.actor) = $1"

# A new table that refers to people gets its line here, or tests/journeys/test_personal_data.py names it.
PERSONAL_TABLES = (
    PersonalTable("account_deletions", ("user_id",)),
    PersonalTable(
        "oidc_states",
        ("hash",),
        whose="t.session_id IN (SELECT id FROM sessions WHERE user_id = $1)",
        without=("hash", "browser_hash"),
    ),
    PersonalTable(
        "identity_sessions", ("session_id",), whose="t.session_id IN (SELECT id FROM sessions WHERE user_id = $1)"
    ),
    PersonalTable("identities", ("id",)),
    PersonalTable("exports", ("id",)),
    PersonalTable(
        "ws_tickets",
        ("hash",),
        whose="t.session_id IN (SELECT id FROM sessions WHERE user_id = $1)",
        without=("hash",),
    ),
    PersonalTable(
        "sessions", ("id",), whose="t.impersonator_id = $1", without=("salt",), exported=False, clears="impersonator_id"
    ),
    PersonalTable("sessions", ("id",), without=("salt",), shown=_SHOWN_SESSION),
    PersonalTable("devices", ("id",), without=("hash", "previous_hash")),
    PersonalTable("webauthn_challenges", ("hash",), without=("hash", "bound_to")),
    PersonalTable("webauthn_credentials", ("id",), without=("public_key",)),
    PersonalTable("webauthn_users", ("user_id",)),
    # A letter about a change of address goes only to one that is nobody's: that there is one would tell whose it is.
    PersonalTable("email_outbox", ("id",), whose="t.user_id = $1 AND t.kind = 'email_change'", exported=False),
    PersonalTable("email_outbox", ("id",), whose="t.user_id = $1 AND t.kind <> 'email_change'", without=("sealed",)),
    PersonalTable("one_time_tokens", ("hash",), without=("hash",)),
    PersonalTable("totp_credentials", ("user_id",), without=("seed_enc",)),
    PersonalTable("recovery_codes", ("user_id", "place"), without=("hash",)),
    PersonalTable("known_addresses", ("hash",), without=("hash",)),
    PersonalTable("password_credentials", ("user_id",), without=("phc",)),
    PersonalTable("ended_passwords", ("user_id",), without=("phc",)),
    PersonalTable("rate_buckets", ("key",), whose=_OWN_BUCKETS),
    PersonalTable("allowlist", ("email_norm",), whose=_OF_OWN_EMAIL, without=("note", "created_by")),
    PersonalTable(
        "allowlist", ("email_norm",), whose="t.created_by = $1", without=("note",), exported=False, clears="created_by"
    ),
    PersonalTable("invitations", ("id",), whose=_OF_OWN_EMAIL, without=("note", "hash", "created_by")),
    PersonalTable(
        "invitations", ("id",), whose="t.created_by = $1", without=("hash",), exported=False, clears="created_by"
    ),
    PersonalTable("legacy_people", ("source",), without=("source",), clears="user_id"),
    PersonalTable("legacy_audit_log", ("source",), whose=_OWN_LEGACY, without=("source",)),
    PersonalTable(
        "legacy_audit_log",
        ("source",),
        whose="t.actor = $1 AND t.subject <> $1",
        without=("source",),
        shown="""to_jsonb(t) || '{"data": null}'::jsonb""",  # it is about whom it was done to
        clears="actor",
    ),
    PersonalTable("user_emails", ("user_id", "email_norm")),
    PersonalTable("deployment", ("is_only",), whose="t.owner_id = $1", clears="owner_id"),
    PersonalTable("audit_addresses", ("seq",), whose=_OWN_ADDRESSES),
    PersonalTable(
        "audit_log",
        ("seq",),
        whose=f"t.actor = {_REFERENCE} OR t.subject = {_REFERENCE}",
        without=("prev_mac", "mac"),
        shown=_SHOWN_AUDIT,
        erased=False,  # a row stays; it speaks of nobody once the reference is gone
    ),
    PersonalTable("audit_references", ("user_id",), erased=False),  # last of all: see forget_reference
    PersonalTable("users", ("id",), whose="t.id = $1", erased=False),  # see empty_user
    PARKED_EVENTS,
)


async def erase_personal_rows(tx: Transaction, user_id: UUID) -> None:
    """Delete what is kept of a person; their emptied row and the audit log stay."""
    await erase_rows(tx, PERSONAL_TABLES, user_id)


async def empty_user(tx: Transaction, user_id: UUID, at: datetime) -> None:
    """Leave of a person nothing but an id that no other is ever given."""
    await tx.execute(
        """UPDATE users SET display_name = '', role = 'guest', status = 'deleted', language = NULL,
               is_listed_admin = false, deleted_at = $2
           WHERE id = $1""",
        user_id,
        at,
    )


async def forget_reference(tx: Transaction, user_id: UUID) -> None:
    """Make what the audit log says of a person say it of nobody."""
    await tx.execute("DELETE FROM audit_references WHERE user_id = $1", user_id)
