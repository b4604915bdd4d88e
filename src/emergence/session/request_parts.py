"""What session's routes take from a request: the slice's parts and who asks."""

from typing import Annotated

from fastapi import Depends, Request

from emergence.kernel.identity import Identity, current_identity
from emergence.session.parts import Session


async def _parts(request: Request) -> Session:
    session: Session = request.app.state.session
    return session


Parts = Annotated[Session, Depends(_parts)]
Caller = Annotated[Identity, Depends(current_identity)]
