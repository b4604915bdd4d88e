"""What routes are handed: the parts, who calls, and where a page begins."""

from typing import Annotated

from fastapi import Depends, Query, Request

from emergence.contracts.auth.administering import require_factors_of_administrator
from emergence.contracts.auth.values import Role
from emergence.contracts.session.problems import TooManyCommands
from emergence.kernel.errors import InvalidRequest
from emergence.kernel.identity import Identity, current_identity, require_role
from emergence.session.parts import Session


async def _parts(request: Request) -> Session:
    session: Session = request.app.state.session
    return session


Parts = Annotated[Session, Depends(_parts)]
Caller = Annotated[Identity, Depends(current_identity)]
Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


async def _doer(session: Parts, caller: Caller) -> Identity:
    """Return who does something: it counts as activity, and as a command of theirs. Raises TooManyCommands."""
    if not session.pace.admits(caller.user_id):
        raise TooManyCommands(headers={"Retry-After": str(session.pace.retry_after_s)})
    if caller.impersonator_id is None:
        session.activity.note(caller.session_id)
    return caller


Doer = Annotated[Identity, Depends(_doer)]


async def _administrator(
    session: Parts, identity: Annotated[Identity, Depends(require_role(Role.ADMIN.value))]
) -> Identity:
    require_factors_of_administrator(session.settings, identity.acr)
    return identity


Administrator = Annotated[Identity, Depends(_administrator)]


def cursor_refused() -> InvalidRequest:
    """Return what is said of a `before` that no page gave."""
    place = {"place": "query.before", "reason": "is not the `next` of a page"}
    return InvalidRequest("`before` must be the `next` of an earlier page.", members={"errors": [place]})
