"""An administrator helps somebody who cannot sign in: a link is mailed, or handed over where nothing is mailed."""

from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.links import link_with
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.parts import Auth
from emergence.auth.reset_password import LINK_LIFETIME, PAGE, PURPOSE, new_reset_token
from emergence.auth.store import people, recipients
from emergence.contracts.auth.by_mail import ResetLink
from emergence.contracts.auth.problems import UnknownUser
from emergence.kernel.identity import Identity


async def hand_over_reset(auth: Auth, identity: Identity, user_id: UUID, caller: Caller) -> ResetLink:
    """Make a link with which somebody chooses a new password; where it is mailed the administrator never sees it.

    Raises Forbidden, StepUpRequired, UnknownUser.
    """
    session = await require_administrator(auth, identity, recently=True)
    ends_at = auth.clock.now() + LINK_LIFETIME
    async with auth.database.transaction() as tx:
        if not await people.exists(tx, user_id):
            raise UnknownUser()
        found = await recipients.read_recipient(tx, user_id)
        mailed_to = found if auth.settings.sends_mail() else None
        link = link_with(auth, PAGE, await new_reset_token(auth, tx, user_id, mailed_to=mailed_to))
        if mailed_to is not None:
            language = mailed_to.language or DEFAULT_LANGUAGE
            await queue_letter(auth, tx, Letter(PURPOSE, mailed_to.email, language, {"link": link}, ends_at, user_id))
        data = {"is_mailed": mailed_to is not None}
        event = AuditEvent("admin.password_reset_offered", session.user_id, user_id, session.id, data=data)
        await record(auth, tx, event, caller)
    return ResetLink(is_mailed=mailed_to is not None, link=None if mailed_to else link, expires_at=ends_at)
