"""What the first step of signing in proved, kept with the token of the second: a password, or a provider's word."""

import json
from datetime import datetime
from uuid import UUID

from emergence.auth.log_in import BY_PASSWORD
from emergence.auth.open_session import Authentication
from emergence.auth.store.identities import OpenedBy


def kept_proof(how: Authentication) -> str:
    """Return a first proof as JSON."""
    by = how.opened_by
    kept = {
        "methods": how.methods,
        "identity_id": str(by.identity_id) if by else None,
        "sid": by.sid if by else None,
        "at": how.at.isoformat() if how.at else None,
    }
    return json.dumps(kept)


def proof_from(data: str) -> Authentication:
    """Return the first proof that was kept; without one it was the password."""
    kept = json.loads(data)
    if "methods" not in kept:
        return BY_PASSWORD
    by = OpenedBy(UUID(kept["identity_id"]), kept["sid"]) if kept["identity_id"] else None
    at = datetime.fromisoformat(kept["at"]) if kept["at"] else None
    return Authentication(tuple(kept["methods"]), opened_by=by, at=at)
