"""From a provider's own error answer to our error family, without ever keeping the key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from emergence.chat.models.errors import (
    ModelContextTooLong,
    ModelError,
    ModelKeyRejected,
    ModelNotFound,
    ModelOverloaded,
    ModelQuotaExhausted,
    ModelRateLimited,
    ModelRefusedRequest,
    ModelUnavailable,
)
from emergence.contracts.chat import ProviderName

DETAIL_LIMIT = 300  # characters: enough for "max_tokens: 999999 > 128000", too few for a whole prompt

_QUOTA_WORDS = {"insufficient_quota", "billing_error", "billing_not_active", "billing_hard_limit_reached"}
_CONTEXT_WORDS = {"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"}
# Providers without a code for it say it in prose: Anthropic, vLLM, llama.cpp, Mistral in turn.
_CONTEXT_PROSE = re.compile(
    r"prompt is too long|maximum context length|exceeds the available context|too large for model", re.IGNORECASE
)
_KEY_LIKE = re.compile(r"\b(?:sk|key|api)-[\w*.-]{6,}|Bearer\s+\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a provider said instead of answering; `words` are its error type and code."""

    provider: ProviderName
    status: int
    words: frozenset[str]
    message: str
    request_id: str | None
    retry_after_s: float | None


def error_of_refusal(refusal: Refusal, api_key: str | None) -> ModelError:
    """Return the error that `refusal` means; the provider's own words decide before the status does."""
    kind = _kind(refusal)
    explains = kind in (ModelRefusedRequest, ModelNotFound, ModelContextTooLong)
    return kind(
        refusal.provider,
        request_id=refusal.request_id,
        detail=without_key(refusal.message, api_key) if explains else None,
        retry_after_s=refusal.retry_after_s,
    )


def _kind(refusal: Refusal) -> type[ModelError]:
    words, status = refusal.words, refusal.status
    if status == 402 or words & _QUOTA_WORDS or any(word.endswith("spend_limit_reached") for word in words):
        return ModelQuotaExhausted
    if "credit balance" in refusal.message:
        return ModelQuotaExhausted
    if status == 413 or words & _CONTEXT_WORDS or _CONTEXT_PROSE.search(refusal.message):
        return ModelContextTooLong
    if status in (401, 403) or words & {"authentication_error", "permission_error", "invalid_api_key"}:
        return ModelKeyRejected
    if status == 404 or words & {"not_found_error", "model_not_found"}:
        return ModelNotFound
    if status == 429 or words & {"rate_limit_error", "rate_limit_exceeded"}:
        return ModelRateLimited
    if status in (503, 529) or "overloaded_error" in words:
        return ModelOverloaded
    if 400 <= status < 500 or "invalid_request_error" in words:
        return ModelRefusedRequest
    return ModelUnavailable


def without_key(message: str, api_key: str | None) -> str:
    """Return `message` shortened to DETAIL_LIMIT, with the key and all that looks like one removed."""
    if api_key:
        message = message.replace(api_key, "[key]")
    return _KEY_LIKE.sub("[key]", message)[:DETAIL_LIMIT]


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the provider asks us to wait, or None when it does not say.

    Reads `retry-after-ms`, then `retry-after` as seconds or as an HTTP date (RFC 9110 §10.2.3).
    """
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait = float(headers.get(name, "")) * unit_s
        except ValueError:
            continue
        if isfinite(wait):
            return max(0.0, wait)
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
