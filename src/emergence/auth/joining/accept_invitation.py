"""Use an invitation's link, once, to make the account that it offers, and sign in."""

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.end_sign_in import end_sign_in, grant_of
from emergence.auth.joining.add_person import Newcomer, add_person
from emergence.auth.log_in import BY_PASSWORD
from emergence.auth.may_join import is_vouched_for
from emergence.auth.one_time_tokens import token_hash
from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
from emergence.auth.password_policy import Chooser, require_acceptable
from emergence.auth.store import identities, invitations
from emergence.auth.store.allowlist import Leave
from emergence.auth.store.invitations import Invitation
from emergence.contracts.auth.by_mail import MailedLink
from emergence.contracts.auth.joining import AcceptInvitation, InvitationShown
from emergence.contracts.auth.problems import LinkInvalid


async def show_invitation(auth: Auth, request: MailedLink) -> InvitationShown:
    """Return what an invitation offers to whoever holds its link, without using it. Raises LinkInvalid."""
    found = await _find(auth, request)
    return InvitationShown(email=found.email, role=found.role, expires_at=found.ends_at)


async def accept_invitation(auth: Auth, request: AcceptInvitation, caller: Caller) -> Grant:
    """Make the account with the invitation's address and role. Only a mailed link proves that the address is theirs.

    An invitation of an administrator is over when whoever sent it last is none any more.
    Raises LinkInvalid, EmailTaken, PasswordRefused (the link then stays good), SignInBusy.
    """
    found = await _find(auth, request)
    name, password = request.display_name.strip(), request.password.get_secret_value()
    await require_acceptable(auth, password, Chooser(found.email, name), caller)
    phc = await auth.passwords.hash(password)
    async with auth.database.transaction() as tx:
        await identities.take_turn(tx, [found.email_norm])
        used = await invitations.accept(tx, _hash(request), auth.clock.now())
        if used is None or not await is_vouched_for(auth, tx, Leave(used.role, used.created_by)):
            raise LinkInvalid()
        language = caller.language or used.language
        is_proved = used.mailed_at is not None
        account = await add_person(auth, tx, Newcomer(used.email, name, used.role, is_proved, language, phc))
        data = {"role": used.role.value, "invitation": str(used.id)}
        event = AuditEvent("account.invitation_accepted", account.user_id, account.user_id, data=data)
        await record(auth, tx, event, caller)
        end = await end_sign_in(auth, tx, account, BY_PASSWORD, caller)
    return await grant_of(auth, end)


async def _find(auth: Auth, request: MailedLink) -> Invitation:
    found = await invitations.find_by_link(auth.database, _hash(request), auth.clock.now())
    if found is None:
        raise LinkInvalid()
    async with auth.database.transaction() as tx:
        if not await is_vouched_for(auth, tx, Leave(found.role, found.created_by)):
            raise LinkInvalid()
    return found


def _hash(request: MailedLink) -> bytes:
    return token_hash(request.token.get_secret_value())
