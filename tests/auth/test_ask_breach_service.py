"""What a breach service is asked, and which of its answers count."""

from hashlib import sha1

import pytest

from emergence.auth import ask_breach_service
from emergence.auth.ask_breach_service import BreachServiceSilent, is_published
from tests.auth.breach_service import breach_service

PASSWORD = "correct horse battery staple"
HASH = sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest().upper()
PREFIX, SUFFIX = HASH[:5], HASH[5:]


@pytest.mark.parametrize("ending", ["", "/"])
async def test_the_range_stands_behind_one_slash_and_asks_for_padding(ending: str) -> None:
    async with breach_service() as service:
        assert not await is_published(service.address + ending, PASSWORD)
        assert service.asked == [(f"/range/{PREFIX}", "true")]


@pytest.mark.parametrize(
    ("answer", "is_known"),
    [
        (f"{SUFFIX}:7", True),
        (f"{'0' * 35}:3\r\n  {SUFFIX.lower()}:10 \r\n", True),
        (f"{SUFFIX}:0", False),  # padding
        (f"{SUFFIX}:00", False),
        (f"caché\n{SUFFIX}:7", True),
        (f"{SUFFIX}:7\n" + "\n" * 700_000, True),  # comes in several pieces
        ("\n" * 700_000 + f"{SUFFIX}:7", True),
        (SUFFIX, False),
        (f"{SUFFIX[:-1]}:7", False),
        ("", False),
    ],
)
async def test_a_line_counts_with_its_suffix_and_more_than_zero(answer: str, is_known: bool) -> None:
    async with breach_service() as service:
        service.answer = answer
        assert await is_published(service.address, PASSWORD) is is_known


async def test_it_is_led_nowhere_else_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with breach_service() as service:
        service.answer, service.status = f"{SUFFIX}:7", 302
        with pytest.raises(BreachServiceSilent) as led:
            await is_published(service.address, PASSWORD)
        monkeypatch.setattr(ask_breach_service, "DEADLINE_S", 0.05)
        service.status, service.delay_s = 200, 5
        with pytest.raises(BreachServiceSilent) as late:
            await is_published(service.address, PASSWORD)
        asked = len(service.asked)
    with pytest.raises(BreachServiceSilent) as gone:
        await is_published(service.address, PASSWORD)

    assert (led.value.reason, late.value.reason, gone.value.reason) == ("status_302", "timeout", "unreachable")
    assert (str(led.value), asked) == ("status_302", 2)


async def test_of_an_endless_answer_a_megabyte_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_breach_service, "ANSWER_MAX_BYTES", 1_000)
    async with breach_service() as service:
        service.answer = "\n" * 999_000 + f"{SUFFIX}:7"
        assert not await is_published(service.address, PASSWORD)
        service.answer = f"{SUFFIX}:7"
        assert await is_published(service.address, PASSWORD)
