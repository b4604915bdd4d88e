"""Take a change of address back, from the address before it: everything ends that whoever made it may hold."""

from datetime import datetime, timedelta
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.change_email import OF_OLD_ADDRESS, UNDO, UNDO_WITHIN
from emergence.auth.email_addresses import normalised_email
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.one_time_tokens import Purpose
from emergence.auth.parts import Auth
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.store import (
    deletions,
    devices,
    identities,
    one_time_tokens,
    passkeys,
    recipients,
    second_factors,
    users,
)
from emergence.auth.store.one_time_tokens import FoundToken
from emergence.auth.store.recipients import Recipient
from emergence.auth.store.users import Account
from emergence.auth.use_link import use_link
from emergence.contracts.auth.by_mail import MailedLink
from emergence.contracts.auth.problems import LinkInvalid
from emergence.kernel.storage.database import Transaction

REASON = "email_change_undone"
ADDED_BEFORE = timedelta(days=1)  # a letter about what was added is read within a day
# What was mailed to the other address, or begun with a proof of before.
OF_BEFORE: tuple[Purpose, ...] = (*OF_OLD_ADDRESS, "second_factor", "oidc_handover", "undo_deletion")


async def undo_change(auth: Auth, request: MailedLink, caller: Caller) -> None:
    """Go back to the address before a change, whatever was changed since; all sessions and the password end.

    Whoever changed the address had a session of the last ten minutes, and so most likely the password: it is
    ended for good, and the owner chooses another by a link that is mailed to this address. Passkeys, authenticators,
    recovery codes and accounts at providers go too that were added since, or in the day before the change was asked
    for; what the owner had before stays. A deletion that was asked for in the account since is cancelled. Links that
    take back earlier changes stay good: who made this one, and another after it, must not be able to end its owner's
    by the link in their own mailbox. Both addresses are told. Raises LinkInvalid.
    """
    now = auth.clock.now()
    async with auth.database.transaction() as tx:
        used, user_id = await use_link(auth, tx, request, UNDO)
        account = await users.read_account(tx, user_id)
        if not account.may_prove_itself:
            raise LinkInvalid()
        is_kept = await _keep_account(auth, tx, account)
        given_up = await recipients.read_recipient(tx, user_id)
        await one_time_tokens.withdraw_tokens_since(tx, user_id, UNDO, used.created_at, now)
        await one_time_tokens.withdraw_tokens(tx, user_id, OF_BEFORE, now)
        data = {
            "addresses_removed": await _restore_address(auth, tx, user_id, used.data["email"]),
            "password_ended": await users.end_password(tx, user_id, now),
            **await _remove_added(tx, user_id, _added_since(used)),
        }
        await devices.forget_devices(tx, user_id, but=None)
        await end_sessions(auth, tx, user_id, Ending(REASON, user_id, caller))
        if given_up is not None and given_up.email_norm != normalised_email(used.data["email"]):
            await _tell_former(auth, tx, given_up)
        if is_kept:
            cancelled = AuditEvent("account.deletion_cancelled", user_id, user_id, data={"by": REASON})
            await record(auth, tx, cancelled, caller)
        await record(auth, tx, AuditEvent("account.email_change_undone", user_id, user_id, data=data), caller)


async def _keep_account(auth: Auth, tx: Transaction, account: Account) -> bool:
    """Cancel a deletion that was asked for in the account itself, and return whether there was one.

    It is younger than any change, since the address of an account that is shut is not changed. What an administrator
    deletes stays shut.
    """
    deletion = await deletions.read_deletion(tx, account.user_id)
    if deletion is None or not deletion.is_own:
        return False
    if not await deletions.undo_deletion(tx, account.user_id, auth.clock.now()):
        raise LinkInvalid()
    return True


def _added_since(used: FoundToken) -> datetime:
    """Return since when things were added that the owner need not have added.

    Whoever takes an account over adds a passkey first and changes the address next, perhaps in another session.
    What is older than a day was told to the owner, at their own address, in time.
    """
    return datetime.fromisoformat(used.data["asked_at"]) - ADDED_BEFORE if "asked_at" in used.data else used.created_at


async def _tell_former(auth: Auth, tx: Transaction, former: Recipient) -> None:
    """Write to the address that is given up: it may be the owner's, and somebody else's the one before it."""
    values = {"at": f"{auth.clock.now():%Y-%m-%d %H:%M}"}
    language = former.language or DEFAULT_LANGUAGE
    await queue_letter(auth, tx, Letter("address_given_up", former.email, language, values, user_id=former.user_id))


async def _restore_address(auth: Auth, tx: Transaction, user_id: UUID, email: str) -> int:
    """Use an address again and give up the others, but those that links of earlier changes lead back to."""
    now, email_norm = auth.clock.now(), normalised_email(email)
    earlier = await one_time_tokens.living_tokens(tx, user_id, UNDO, now)
    kept_until = max((each.created_at + UNDO_WITHIN for each in earlier), default=None)
    kept = [email_norm, *(normalised_email(each.data["email"]) for each in earlier)]
    given_up = await recipients.keep_only(tx, user_id, kept)
    await recipients.replace_primary(tx, user_id, email, email_norm, now, keep_old_until=kept_until)
    return given_up


async def _remove_added(tx: Transaction, user_id: UUID, since: datetime) -> dict[str, int | bool]:
    """Remove whatever signs in that is so young. Each new factor brought recovery codes of its own."""
    removed_passkeys = await passkeys.delete_added(tx, user_id, since)
    has_removed_totp = await second_factors.delete_totp_added(tx, user_id, since)
    has_removed_codes = await second_factors.delete_recovery_codes_added(tx, user_id, since)
    if removed_passkeys or has_removed_totp:
        await second_factors.delete_recovery_codes(tx, user_id)
    return {
        "passkeys_removed": removed_passkeys,
        "authenticator_removed": has_removed_totp,
        "recovery_codes_removed": has_removed_codes,
        "identities_removed": await identities.delete_added(tx, user_id, since),
    }
