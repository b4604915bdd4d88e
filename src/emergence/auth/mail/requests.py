"""Letters that somebody without a session asks for: who they are is found out after the answer."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.mail.admit_letter import Admission, admit_letter
from emergence.auth.parts import Auth
from emergence.auth.store import letters as store
from emergence.contracts.auth.by_mail import Asked
from emergence.contracts.auth.problems import MailOff
from emergence.contracts.auth.values import Language
from emergence.kernel.ids import new_id
from emergence.kernel.sealing import SealBroken
from emergence.kernel.storage.database import Database, Transaction

PLACE = "email-request/{}"
ANSWERED_WITHIN = timedelta(minutes=10)  # after an outage of hours nobody waits any more


@dataclass(frozen=True, slots=True)
class LetterRequest:
    """Who is to get which letter, as it was asked for; `secrets` are the letter's own."""

    kind: str
    email_norm: str
    asked_at: datetime
    caller: Caller
    secrets: Mapping[str, str]

    @property
    def language(self) -> Language | None:
        """Return the language of whoever asked."""
        return self.caller.language


def asked_for(lifetime: timedelta, admission: Admission) -> Asked:
    """Return the answer to whoever asks for a letter that is good for `lifetime`."""
    return Asked(expires_in=int(lifetime.total_seconds()), retry_after_seconds=admission.retry_after_seconds)


Answers = Mapping[str, Callable[[Auth, Transaction, LetterRequest], Awaitable[None]]]


async def request_letter(
    auth: Auth, kind: str, email_norm: str, caller: Caller, secrets: Mapping[str, str] | None = None
) -> Admission:
    """Note that somebody asks for a letter to an address, unless there were too many; return whether it was noted.

    The same for every address. Raises MailOff.
    """
    if not auth.settings.sends_mail():
        raise MailOff()
    admission = await admit_letter(auth, kind, email_norm, caller)
    if admission.is_admitted:
        await note_request(auth, auth.database, kind, email_norm, caller, secrets)
    return admission


async def note_request(
    auth: Auth,
    within: Database | Transaction,
    kind: str,
    email_norm: str,
    caller: Caller,
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Note what was asked for and admitted, to be answered once `within` has it: the same for every address."""
    request_id, now = new_id(), auth.clock.now()
    asked = {
        "kind": kind,
        "email_norm": email_norm,
        "secrets": dict(secrets or {}),
        "address": str(caller.address) if caller.address else None,
        "agent": caller.agent,
        "language": caller.language,
    }
    sealed = auth.seal.close(json.dumps(asked).encode(), PLACE.format(request_id))
    await store.add_request(within, request_id, sealed, now)


async def answer_request(auth: Auth, answers: Answers) -> bool:
    """Find out who asked for a letter and write it; return False when nothing was asked. One instance takes each."""
    if not await store.has_request(auth.database):
        return False
    async with auth.database.transaction() as tx:
        taken = await store.take_request(tx)
        is_timely = taken is not None and auth.clock.now() - taken[2] < ANSWERED_WITHIN
        if taken is not None and is_timely and (request := _opened(auth, *taken)) is not None:
            await answers[request.kind](auth, tx, request)
    return taken is not None


def _opened(auth: Auth, request_id: UUID, sealed: bytes, asked_at: datetime) -> LetterRequest | None:
    try:
        asked = json.loads(auth.seal.open(sealed, PLACE.format(request_id)))
    except SealBroken:  # written under another AUTH_JWT_SECRET: it is deleted unread
        return None
    address = ip_address(asked["address"]) if asked["address"] else None
    caller = Caller(address, asked["agent"], is_local=False, language=asked["language"])
    return LetterRequest(asked["kind"], asked["email_norm"], asked_at, caller, asked["secrets"])
