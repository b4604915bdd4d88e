"""A refresh that is asked for again: five times within the grace, and what that gives a thief."""

from datetime import timedelta

from tests.auth.served_auth import DEVICE_COOKIE, REFRESH_COOKIE, ServedAuth
from tests.auth.test_refresh import cookie_of, refresh_with, revocations


async def test_a_reply_is_repeated_five_times_and_a_sixth_is_told_to_wait(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    first, device = browser.cookies[REFRESH_COOKIE], browser.cookies[DEVICE_COOKIE]
    successor = cookie_of(await refresh_with(served, first))

    answers = [await refresh_with(served, first, device=device) for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    refused = answers[-1]
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_attempts", "1")
    assert refused.headers["ratelimit-policy"] == '"refresh-repeated";q=5;w=10'
    assert "set-cookie" not in refused.headers
    assert (await refresh_with(served, successor)).status_code == 200
    assert await revocations(served) == []


async def test_repetitions_count_among_the_sixty_refreshes_of_a_minute(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    token, device, statuses = browser.cookies[REFRESH_COOKIE], browser.cookies[DEVICE_COOKIE], []
    for _ in range(10):
        answers = [await refresh_with(served, token, device=device) for _ in range(6)]
        statuses += [answer.status_code for answer in answers]
        token = cookie_of(answers[0])

    beyond = await refresh_with(served, token, device=device)

    assert statuses == [200] * 60
    assert (beyond.status_code, beyond.headers["ratelimit-policy"]) == (429, '"refresh";q=60;w=60')


async def test_a_thief_gets_nothing_by_repeating_and_ends_the_session_after_the_grace(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    eve, _ = await served.person("eve@example.org")
    first, device = browser.cookies[REFRESH_COOKIE], browser.cookies[DEVICE_COOKIE]
    await refresh_with(served, first)
    for _ in range(6):
        await refresh_with(served, first, device=device)

    served.clock.advance(timedelta(seconds=11))
    late = await refresh_with(served, first, device=device)

    assert (late.status_code, late.json()["code"]) == (401, "session_reuse_detected")
    assert [row["revoke_reason"] for row in await revocations(served)] == ["refresh_token_reused"]
    assert (await eve.post_json("/api/auth/refresh")).status_code == 200


async def test_from_another_device_even_the_sixth_repetition_is_theft(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    first, device = browser.cookies[REFRESH_COOKIE], browser.cookies[DEVICE_COOKIE]
    await refresh_with(served, first)
    for _ in range(5):
        await refresh_with(served, first, device=device)

    assert (await refresh_with(served, first, device="another")).json()["code"] == "session_reuse_detected"
