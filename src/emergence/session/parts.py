"""What the session service is made of."""

from dataclasses import dataclass
from uuid import UUID

from emergence.contracts.auth.client import AuthClient
from emergence.contracts.chat import ChatClient
from emergence.kernel.clock import Clock
from emergence.kernel.command_pace import CommandPace
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.revocations import Revocations
from emergence.kernel.storage.database import Database
from emergence.session.agent_directory import AgentDirectory
from emergence.session.exports.pdf_turn import PdfTurn
from emergence.session.imports.running_imports import RunningImports
from emergence.session.inactivity.activity import Activity
from emergence.session.instances.shared_bus import SharedBus
from emergence.session.presence.changes import PresenceChanges
from emergence.session.runs.executing_run import ExecutingRuns
from emergence.session.runs.flusher import Flusher
from emergence.session.settings import SessionSettings
from emergence.session.socket.open_sockets import OpenSockets
from emergence.session.user_order import UserOrder


@dataclass(frozen=True, slots=True)
class Session:
    """The parts that every behaviour of this slice may use."""

    settings: SessionSettings
    instance: str
    database: Database
    clock: Clock
    revocations: Revocations
    erasing: Erasing
    bus: SharedBus
    order: UserOrder
    auth: AuthClient
    chat: ChatClient
    agents: AgentDirectory
    flusher: Flusher
    runs: ExecutingRuns
    sockets: OpenSockets
    pace: CommandPace[UUID]
    reads: CommandPace[str]
    activity: Activity
    presence: PresenceChanges
    imports: RunningImports
    pdf_turn: PdfTurn
