"""The data file agrees with the installed provider packages and the price table."""

from typing import get_args

from anthropic.types import Model
from openai.types.shared import ChatModel

from emergence.chat.models.catalogue import capabilities_of, facts_of, output_limit


def test_every_known_model_is_known_to_its_package() -> None:
    literals, _ = get_args(Model)

    assert set(facts_of("anthropic").models) <= set(get_args(literals))
    assert set(facts_of("openai").models) <= set(get_args(ChatModel))


def test_an_unknown_model_gets_careful_assumptions() -> None:
    assert not capabilities_of("openai", "gpt-99").sampling
    assert capabilities_of("openai_compatible", "llama3").sampling
    assert capabilities_of("builtin", "anything").context_tokens == 2048


def test_a_known_output_limit_is_kept() -> None:
    assert output_limit("anthropic", "claude-haiku-4-5", 100_000) == 64_000
    assert output_limit("openai_compatible", "llama3", 100_000) == 100_000
