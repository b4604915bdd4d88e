"""Which agents there are, as chat last said."""

from datetime import timedelta

import structlog

from emergence.contracts.chat import ChatClient, UnknownAgent
from emergence.contracts.session.problems import ChatUnavailable
from emergence.kernel.clock import Clock
from emergence.kernel.errors import ServiceError

log = structlog.get_logger(__name__)

FRESH_FOR = timedelta(seconds=60)


class AgentDirectory:
    """Remembers the agents for a minute; while chat is away, what it said last goes on to count."""

    def __init__(self, chat: ChatClient, clock: Clock) -> None:
        self._chat = chat
        self._clock = clock
        self._known: dict[str, None] = {}  # in chat's order
        self._asked_s: float | None = None

    async def require(self, agent: str) -> None:
        """Raise UnknownAgent when chat has no such agent.

        When chat never answered, nothing can be said: the message is then accepted and kept, and
        its run tells that the agents cannot be reached.
        """
        if agent in self._known and self._age() < FRESH_FOR:
            return
        await self._ask()
        if self._known and agent not in self._known:
            raise UnknownAgent()

    def is_gone(self, agent: str) -> bool:
        """Return whether chat is known to have no such agent: an imported answer is another program's."""
        return bool(self._known) and agent not in self._known

    async def chosen(self, agent: str | None) -> str:
        """Return `agent` if there is such a one, or the first there is. Raises UnknownAgent, ChatUnavailable."""
        if agent is not None:
            await self.require(agent)
            return agent
        if not self._known or self._age() >= FRESH_FOR:
            await self._ask()
        if not self._known:
            raise ChatUnavailable()
        return next(iter(self._known))

    async def _ask(self) -> None:
        try:
            agents = await self._chat.agents()
        except ServiceError as away:
            log.warning("agents_unknown", reason=away.code, known=len(self._known))
        else:
            self._known = dict.fromkeys(each.id for each in agents.agents)
            self._asked_s = self._clock.elapsed_s()

    def _age(self) -> timedelta:
        return timedelta.max if self._asked_s is None else timedelta(seconds=self._clock.elapsed_s() - self._asked_s)
