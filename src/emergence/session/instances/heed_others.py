"""What this instance does about what the others say, beside handing it to its sockets."""

import asyncio
from typing import Never
from uuid import UUID

from emergence.contracts.session.inactivity_frames import SessionExpired
from emergence.contracts.session.protocol import CloseCode
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.runs.execute_run import start_waiting_runs
from emergence.session.runs.executing_run import Halt

RUN_ENDED = "run.ended"
SESSION_EXPIRED = "session.expired"


class HeedOthers:
    """Starts runs that waited for one elsewhere, halts those that were stopped elsewhere, closes what expired."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made_room: set[UUID] = set()
        self._wanted = asyncio.Event()

    def on_frame(self, user_id: UUID, frame: LoggedFrame) -> None:
        """Take a frame that another instance wrote; never blocks."""
        if frame.type == RUN_ENDED:
            self._made_room.add(user_id)
            self._wanted.set()
        elif frame.type == SESSION_EXPIRED:
            live_session_id = SessionExpired.model_validate_json(frame.json).data.session
            for socket in self._session.sockets.of_user(user_id):
                if socket.live_session_id == live_session_id:
                    socket.close(CloseCode.INACTIVITY)

    def on_halt(self, run_id: UUID) -> None:
        """Halt a run whose user stopped it on another instance; never blocks."""
        if (executing := self._session.runs.get(run_id)) is not None:
            executing.halt(Halt.STOPPED)

    async def run(self) -> Never:
        """Start what waited, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            users, self._made_room = self._made_room, set()
            for user_id in users:
                await start_waiting_runs(self._session, user_id)
