"""Time-based codes: the vectors of RFC 6238, and which steps of time are accepted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.auth.totp import STEP_S, enrolment_uri, matching_step, new_seed, seed_text
from tests.auth.authenticator import code_at

SEED = b"12345678901234567890"  # RFC 6238, appendix B; its codes have eight digits, ours are the last six
NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)

    assert code_at(SEED, moment) == code
    assert matching_step(SEED, code, moment, skew=0) == seconds // STEP_S


@pytest.mark.parametrize(
    ("steps_ago", "skew", "is_good"), [(0, 0, True), (1, 0, False), (1, 1, True), (2, 1, False), (-1, 1, False)]
)
def test_which_steps_are_good(steps_ago: int, skew: int, is_good: bool) -> None:
    then = NOW - timedelta(seconds=STEP_S * steps_ago)

    step = matching_step(SEED, code_at(SEED, then), NOW, skew=skew)

    assert step == (int(then.timestamp()) // STEP_S if is_good else None)


@given(st.text(max_size=12))
def test_no_other_text_is_a_code(text: str) -> None:
    good = {code_at(SEED, NOW), code_at(SEED, NOW - timedelta(seconds=STEP_S))}

    assert (matching_step(SEED, text, NOW, skew=1) is not None) is (text in good)


def test_the_address_for_authenticators_names_product_and_person() -> None:
    uri = enrolment_uri(SEED, "ada lovelace@example.org")

    assert uri.startswith("otpauth://totp/Emergence:ada%20lovelace%40example.org?")
    assert f"secret={seed_text(SEED)}" in uri


def test_seeds_are_160_random_bits() -> None:
    seeds = {new_seed() for _ in range(50)}

    assert len(seeds) == 50
    assert {len(seed) for seed in seeds} == {20}
