"""Loads the agents that ship with the product: data in `agents.json`, prompts as text files."""

from functools import cache
from importlib.resources import files

from pydantic import BaseModel

from emergence.contracts.chat import Agent, Language, UnknownAgent


class ShippedAgent(Agent):
    """An agent with what only chat needs: how freely it speaks."""

    temperature: float

    def prompt(self, language: Language) -> str:
        """Return the agent's instructions in the language of the conversation."""
        return _prompt(self.id, language)

    def public(self) -> Agent:
        """Return what everybody may know of it."""
        return Agent.model_validate(self.model_dump(include=set(Agent.model_fields)))


class _File(BaseModel):
    agents: list[ShippedAgent]


@cache
def shipped_agents() -> dict[str, ShippedAgent]:
    """Return the agents by id, in the order in which they are offered."""
    text = files(__package__).joinpath("agents.json").read_text(encoding="utf-8")
    return {agent.id: agent for agent in _File.model_validate_json(text).agents}


def agent_named(agent: str) -> ShippedAgent:
    """Return one agent. Raises UnknownAgent."""
    try:
        return shipped_agents()[agent]
    except KeyError:
        raise UnknownAgent() from None


@cache
def _prompt(agent: str, language: Language) -> str:
    return files(__package__).joinpath("prompts", f"{agent}.{language}.txt").read_text(encoding="utf-8").strip()
