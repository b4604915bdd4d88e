"""What the chat slice needs to do its work."""

from dataclasses import dataclass, field

from emergence.chat.providers import Providers
from emergence.chat.settings import ChatSettings
from emergence.contracts.memory.client import MemoryClient
from emergence.kernel.background import Background
from emergence.kernel.clock import Clock
from emergence.kernel.sealing import Seal
from emergence.kernel.storage.database import Database


@dataclass(frozen=True, slots=True)
class Chat:
    """The parts of chat; `seal` is None where keys cannot be kept."""

    settings: ChatSettings
    database: Database
    clock: Clock
    providers: Providers
    seal: Seal | None
    memory: MemoryClient
    background: Background = field(default_factory=Background)
