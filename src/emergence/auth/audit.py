"""Write down what happens to accounts: who, what, on whom, from where, with which outcome. Never a secret."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.mail.notices import queue_notice
from emergence.auth.parts import Auth
from emergence.auth.store import audit as store
from emergence.auth.store.audit import AuditRow
from emergence.kernel.logs import request_id
from emergence.kernel.metrics import counter
from emergence.kernel.storage.database import Transaction

KEY_LABEL = "audit/v1"
ROWS_AT_ONCE = 1_000
LOG_IN = "session.login"

_logins_total = counter("auth_logins_total", "Sign-ins that were decided, by what was given.", ("method", "outcome"))


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that happened; `actor` did it to `subject`."""

    type: str
    actor: UUID | None = None
    subject: UUID | None = None
    session_id: UUID | None = None
    outcome: Literal["success", "failure"] = "success"
    data: Mapping[str, str | int | bool] = field(default_factory=dict)


async def record(auth: Auth, tx: Transaction, event: AuditEvent, caller: Caller | None) -> None:
    """Add an event to the chain in the caller's transaction; last in it, because other writers wait from here on.

    Where the event is worth a letter to the account's owner, the letter is written down with it.
    """
    await queue_notice(auth, tx, event, caller)
    people = [person for person in (event.actor, event.subject) if person is not None]
    names = await store.references(tx, people)  # asked for nobody too: an unknown account takes as long as a known one
    head = await store.lock_head(tx)
    row = AuditRow(
        seq=head.seq + 1,
        at=auth.clock.now(),
        type=event.type,
        actor=names.get(event.actor) if event.actor else None,
        subject=names.get(event.subject) if event.subject else None,
        session_id=event.session_id,
        ip_prefix=caller.prefix() if caller else None,
        ua=caller.agent if caller else None,
        outcome=event.outcome,
        data=json.dumps(dict(event.data), sort_keys=True),
        request_id=request_id(),
        prev_mac=head.mac,
        mac=b"",
    )
    await store.append(tx, _sealed(auth, row), caller.address if caller else None)
    if event.type == LOG_IN:  # every way of signing in is written down here
        _logins_total.labels(str(event.data.get("methods", "")), event.outcome).inc()


def pseudonym(auth: Auth, text: str) -> str:
    """Return what stands for an address that belongs to nobody here: the same for the same, and not readable."""
    return hmac.digest(auth.audit_key, text.encode(), sha256).hex()[:16]


@dataclass(frozen=True, slots=True)
class Verification:
    """How many rows the chain has, and the first that is not as it was written, if one is."""

    rows: int
    broken_at: int | None


async def verify_chain(auth: Auth) -> Verification:
    """Compute the whole chain again; rows that are written meanwhile are left out."""
    head = await store.read_head(auth.database)
    seq, mac = 0, b""
    while seq < head.seq:
        rows = await store.read_rows(auth.database, seq, ROWS_AT_ONCE)
        if not rows:
            return Verification(seq, seq + 1)
        for row in rows[: head.seq - seq]:
            is_next = row.seq == seq + 1 and row.prev_mac == mac
            if not is_next or not hmac.compare_digest(_sealed(auth, row).mac, row.mac):
                return Verification(seq, seq + 1)
            seq, mac = row.seq, row.mac
    return Verification(seq, None if mac == head.mac else seq)


def _sealed(auth: Auth, row: AuditRow) -> AuditRow:
    fields = {name: getattr(row, name) for name in AuditRow.__slots__ if name not in ("prev_mac", "mac")}
    covered = json.dumps(fields, sort_keys=True, default=_written).encode()
    mac = hmac.digest(auth.audit_key, row.prev_mac + covered, sha256)
    return AuditRow(**fields, prev_mac=row.prev_mac, mac=mac)


def _written(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
