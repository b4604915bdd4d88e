"""Commands are carried out once: the same id again gets the same answer."""

from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from pydantic import BaseModel

from emergence.contracts.session.commands import Identified
from emergence.contracts.session.frames import AckData
from emergence.contracts.session.problems import CommandReused
from emergence.kernel.storage.database import Transaction
from emergence.session.store.commands import CarriedOut, earlier_command, record_command

Answer = Callable[[AckData], None]  # hands the acknowledgement to whoever gave the command; never blocks


# Members that commands got after their first release: at its default one says what a command without it said, and a
# command that an older server carried out may be repeated here.
_ADDED: dict[str, object] = {"temporary": False, "time_zone": None}


def digest_of(command: BaseModel) -> bytes:
    """Return what tells two commands under one id apart."""
    unsaid = {name for name, default in _ADDED.items() if getattr(command, name, None) == default}
    return sha256(command.model_dump_json(exclude={"cid", *unsaid}).encode()).digest()


async def earlier_ack(tx: Transaction, user_id: UUID, command: Identified) -> AckData | None:
    """Return the answer that `command` got before, or None. Raises CommandReused."""
    earlier = await earlier_command(tx, user_id, command.cid)
    return None if earlier is None else _repeated(earlier, digest_of(command))


async def repeated_ack(tx: Transaction, user_id: UUID, command: BaseModel, ack: AckData) -> AckData | None:
    """Note that `command` is answered by `ack`, or return the answer that it got before. Raises CommandReused."""
    digest = digest_of(command)
    earlier = await record_command(tx, user_id, digest, ack)
    return None if earlier is None else _repeated(earlier, digest)


def _repeated(earlier: CarriedOut, digest: bytes) -> AckData:
    if earlier.digest != digest:
        raise CommandReused()
    return earlier.result.model_copy(update={"repeated": True})
