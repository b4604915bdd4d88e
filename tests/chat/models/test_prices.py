"""Prices come from the table, and what has none is unknown rather than free."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from emergence.chat.models.catalogue import facts_of
from emergence.chat.models.prices import PricedModel, price_of
from emergence.chat.models.provider import UsageReport

AT = datetime(2026, 11, 22, tzinfo=UTC)
MILLION = UsageReport(1_000_000, 100_000)


async def test_a_known_model_has_a_decimal_price_and_its_source() -> None:
    price = await price_of(PricedModel("anthropic", "claude-sonnet-5-5"), MILLION, AT)

    assert price is not None
    assert price.usd == Decimal("3")
    assert price.source.startswith("genai-prices ")


async def test_cached_input_is_cheaper_and_written_cache_is_dearer() -> None:
    model = PricedModel("anthropic", "claude-sonnet-5-5")
    plain = await price_of(model, MILLION, AT)
    cached = await price_of(model, UsageReport(1_000_000, 100_000, cached_input_tokens=500_000), AT)
    written = await price_of(model, UsageReport(1_000_000, 100_000, cache_written_input_tokens=500_000), AT)

    assert plain is not None
    assert cached is not None
    assert written is not None
    assert cached.usd < plain.usd < written.usd


@pytest.mark.parametrize(
    "model",
    [
        PricedModel("anthropic", "claude-that-never-was"),
        PricedModel("openai", "gpt-that-never-was"),
        PricedModel("openai_compatible", "some-model", "https://models.example.com/v1"),
    ],
)
async def test_an_unknown_price_is_none_never_zero(model: PricedModel) -> None:
    assert await price_of(model, MILLION, AT) is None


@pytest.mark.parametrize(
    "model",
    [
        PricedModel("builtin", "demonstration"),
        PricedModel("openai_compatible", "llama3", "http://127.0.0.1:11434/v1"),
        PricedModel("openai_compatible", "llama3", "http://ollama:11434/v1"),
    ],
)
async def test_a_model_on_our_own_machines_costs_nothing(model: PricedModel) -> None:
    price = await price_of(model, MILLION, AT)

    assert price is not None
    assert (price.usd, price.source) == (Decimal(0), "local")


async def test_a_compatible_provider_with_published_prices_is_priced_by_its_address() -> None:
    model = PricedModel("openai_compatible", "mistral-large-2512", "https://api.mistral.ai/v1")

    price = await price_of(model, MILLION, AT)

    assert price is not None
    assert price.usd == Decimal("0.65")


async def test_every_default_model_is_known_and_priced() -> None:
    for provider in ("anthropic", "openai"):
        facts = facts_of(provider)
        assert facts.default_model in facts.models
        assert await price_of(PricedModel(provider, facts.default_model or ""), MILLION, AT) is not None
