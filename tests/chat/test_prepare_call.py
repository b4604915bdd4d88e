"""What one model is sent: as much of the newest history as it can read, in a shape that it accepts."""

import pytest

from emergence.chat.agents.agents import agent_named, shipped_agents
from emergence.chat.models.provider import ProviderAccess
from emergence.chat.prepare_call import prepare_call
from emergence.chat.providers import Configured
from emergence.chat.settings import ChatSettings
from emergence.contracts.chat import Language, Turn
from tests.chat.chat_service import SERVICE_SECRET, ask

SETTINGS = ChatSettings.read({"EMERGENCE_SERVICE_SECRET": SERVICE_SECRET})
COMPATIBLE = Configured("openai_compatible", ProviderAccess(None, "http://127.0.0.1:1/v1"), "some-model", "environment")
BUILTIN = Configured("builtin", ProviderAccess(), "SmolLM2-135M-Instruct", "package")


def long_history(count: int) -> list[Turn]:
    sides = ("user", "agent")
    return [
        Turn(
            role="user" if sides[index % 2] == "user" else "agent", agent="anima", text=f"turn {index} " + "word " * 400
        )
        for index in range(count)
    ]


def test_the_newest_turns_that_fit_are_sent_and_the_first_is_the_users() -> None:
    request = ask("the question", turns=long_history(60))

    call = prepare_call(request, agent_named("anima"), COMPATIBLE, SETTINGS)

    assert call.turns[-1].text == "the question"
    assert call.turns[0].role == "user"
    assert 2 < len(call.turns) < 60


def test_a_question_larger_than_the_model_is_still_asked() -> None:
    request = ask("word " * 20_000)

    call = prepare_call(request, agent_named("neo"), COMPATIBLE, SETTINGS)

    assert len(call.turns) == 1


def test_the_demonstration_model_gets_a_short_prompt_and_few_turns() -> None:
    request = ask("hello", turns=long_history(40))

    call = prepare_call(request, agent_named("anima"), BUILTIN, SETTINGS)

    assert "Anima" in call.system
    assert len(call.system) < 600
    assert call.turns[-1].text == "hello"
    assert call.max_output_tokens <= 512


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("agent", ["anima", "neo", "nexus"])
def test_every_agent_has_instructions_in_both_languages(agent: str, language: Language) -> None:
    prompt = agent_named(agent).prompt(language)

    assert agent_named(agent).name in prompt
    assert ("You are" if language == "en" else "Tu es") in prompt


def test_public_agents_say_nothing_of_their_instructions() -> None:
    public = [agent.public().model_dump() for agent in shipped_agents().values()]

    assert all(set(agent) == {"id", "name", "description", "starters"} for agent in public)
