"""What providers say when they refuse, read without trusting any of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.chat.models.errors import ModelError
from emergence.chat.models.refusals import DETAIL_LIMIT, Refusal, error_of_refusal, retry_after_s, without_key

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_can_hurt(value: str) -> None:
    wait = retry_after_s({"retry-after": value}, NOW)

    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        ({"insufficient_quota"}, "You exceeded your current quota.", "model_quota_exhausted"),
        ({"billing_error"}, "Your account is on hold.", "model_quota_exhausted"),
        ({"invalid_request_error", "enforced_spend_limit_reached"}, "Limit reached.", "model_quota_exhausted"),
        ({"invalid_request_error"}, "Your credit balance is too low.", "model_quota_exhausted"),
        ({"context_length_exceeded"}, "Too long.", "model_context_too_long"),
        ({"exceed_context_size_error"}, "Too long.", "model_context_too_long"),
        ({"invalid_request_error"}, "This model's maximum context length is 8192 tokens.", "model_context_too_long"),
        ({"rate_limit_error"}, "Slow down.", "model_rate_limited"),
        ({"overloaded_error"}, "Overloaded", "model_overloaded"),
        (set(), "", "model_unavailable"),
    ],
)
def test_words_decide_when_the_status_says_nothing(words: set[str], message: str, code: str) -> None:
    refusal = Refusal("openai", 200, frozenset(words), message, None, None)

    assert error_of_refusal(refusal, None).code == code


@given(key=st.text("abcdef0123456789-", min_size=8, max_size=60), around=st.text(max_size=400))
def test_the_key_never_survives_in_a_detail(key: str, around: str) -> None:
    detail = without_key(f"{around}{key}{around}", key)

    assert key not in detail
    assert len(detail) <= DETAIL_LIMIT


def test_every_error_has_its_own_code_and_a_sentence_with_its_provider() -> None:
    kinds = ModelError.__subclasses__()

    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        error = kind("anthropic", stage="whole") if kind.code == "model_timeout" else kind("anthropic")  # type: ignore[call-arg]
        assert "Anthropic" in error.sentence
        assert error.sentence.endswith(".")
