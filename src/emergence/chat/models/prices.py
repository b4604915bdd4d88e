"""What a call costs, from a maintained price table that is packaged and never fetched."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from emergence.chat.models.addresses import is_local
from emergence.chat.models.provider import UsageReport
from emergence.contracts.chat import ProviderName

LOCAL_SOURCE = "local"


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in US dollars and the table that it comes from, with the table's version."""

    usd: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class PricedModel:
    """Whose price is asked; `base_url` tells apart the servers that speak a compatible protocol."""

    provider: ProviderName
    model: str
    base_url: str | None = None


async def price_of(model: PricedModel, usage: UsageReport, at: datetime) -> Price | None:
    """Return what `usage` cost at the time `at`, or None when no price is known: unknown is never 0.

    A model on our own machines costs Decimal(0) with source "local". The table loads on the first
    call, in a thread (0.7 CPU-seconds).
    """
    if model.provider == "builtin" or (model.provider == "openai_compatible" and is_local(model.base_url)):
        return Price(Decimal(0), LOCAL_SOURCE)
    return await asyncio.to_thread(_table_price, model, usage, at)


def _table_price(model: PricedModel, usage: UsageReport, at: datetime) -> Price | None:
    import genai_prices

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_input_tokens,
        cache_write_tokens=usage.cache_written_input_tokens,
    )
    try:
        if model.provider == "openai_compatible":
            found = genai_prices.calc_price(
                counted, model.model, provider_api_url=model.base_url, genai_request_timestamp=at
            )
        else:
            found = genai_prices.calc_price(
                counted, model.model, provider_id=model.provider, genai_request_timestamp=at
            )
    except (LookupError, ValueError):  # ValueError: figures that contradict each other
        return None
    has_prices = found.model_price.input_mtok is not None and found.model_price.output_mtok is not None
    return Price(found.total_price, f"genai-prices {genai_prices.__version__}") if has_prices else None
