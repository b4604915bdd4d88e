"""Write a letter down in the transaction that makes it true; it is sent afterwards, or never was."""

import json
from uuid import UUID

from emergence.auth.mail.letters import GIVEN_UP_AFTER, Letter
from emergence.auth.parts import Auth
from emergence.auth.store import letters as store
from emergence.auth.store.letters import NewLetter
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

PLACE = "email/{}"


async def queue_letter(auth: Auth, tx: Transaction, letter: Letter) -> None:
    """Send `letter` when, and only when, `tx` commits. Where no mail is sent it is forgotten at once."""
    if not auth.settings.sends_mail():
        return
    letter_id, now = new_id(), auth.clock.now()
    content = {"to": letter.to, "language": letter.language, "values": dict(letter.values)}
    sealed = auth.seal.close(json.dumps(content).encode(), PLACE.format(letter_id))
    ends_at = letter.ends_at or now + GIVEN_UP_AFTER
    await store.add_letter(tx, NewLetter(letter_id, letter.user_id, letter.kind, sealed, now, ends_at))


def opened(auth: Auth, letter_id: UUID, kind: str, sealed: bytes, user_id: UUID | None) -> Letter:
    """Return a letter that was written down. Raises SealBroken."""
    content = json.loads(auth.seal.open(sealed, PLACE.format(letter_id)))
    # What was sealed is ours: it needs no second look at its kinds.
    return Letter(kind, content["to"], content["language"], content["values"], user_id=user_id)  # type: ignore[arg-type]
