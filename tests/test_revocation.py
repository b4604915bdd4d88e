"""Revocation over both services: every socket and every token within a second, whatever line is cut."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from time import monotonic

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from emergence.auth.open_session import Grant
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import Role
from emergence.kernel.revocations import LATE, LOST
from tests.auth.served_auth import PASSWORD
from tests.databases import administer
from tests.deployed_pair import OpenedSocket, Pair, deployed_pair

WITHIN_S = 1.0
SOCKETS, PEOPLE, REVOKED_OF_EACH = 200, 20, 3
A_MOMENT = timedelta(seconds=1)


@pytest.fixture
async def pair(database_url: str) -> AsyncIterator[Pair]:
    async with deployed_pair(database_url) as running:
        yield running


async def refused_within_a_second(pair: Pair, grant: Grant) -> None:
    began = monotonic()
    while await pair.threads_status(grant) != 401:
        assert monotonic() - began < WITHIN_S
        await asyncio.sleep(0.01)


async def test_sixty_revocations_close_their_sockets_within_a_second_and_no_other(pair: Pair) -> None:
    people = [await pair.person(f"person{number}") for number in range(PEOPLE)]
    grants = [[await pair.sign_in(person) for _ in range(SOCKETS // PEOPLE)] for person in people]
    sockets = [[await pair.socket(grant) for grant in of_person] for of_person in grants]
    asked_at_s: dict[int, float] = {}

    async def revoke(of_person: int) -> None:
        by = grants[of_person][-1]
        for number in range(REVOKED_OF_EACH):
            gone = sockets[of_person][number]
            asked_at_s[id(gone)] = monotonic()
            await pair.post(f"/api/auth/my-sessions/{gone.session_id}/revoke", by)

    for first in range(0, PEOPLE, 4):
        await asyncio.gather(*(revoke(each) for each in range(first, first + 4)))
    gone = [socket for of_person in sockets for socket in of_person[:REVOKED_OF_EACH]]
    codes = {await socket.closed(WITHIN_S) for socket in gone}
    delays = sorted((socket.closed_at_s or 0) - asked_at_s[id(socket)] for socket in gone)

    assert (len(gone), codes) == (60, {4401})
    assert delays[-1] < WITHIN_S
    others = [socket for of_person in sockets for socket in of_person[REVOKED_OF_EACH:]]
    assert all([await socket.answers() for socket in others])
    assert all([await pair.threads_status(of_person[0]) == 401 for of_person in grants])
    assert all([await pair.threads_status(of_person[-1]) == 200 for of_person in grants])


End = Callable[[Pair, Account, Grant, Grant], Awaitable[object]]


async def suspend(pair: Pair, person: Account, _: Grant, admin: Grant) -> None:
    await pair.ask("PUT", f"/api/auth/admin/users/{person.user_id}/status", admin, {"status": "suspended"})


async def change_role(pair: Pair, person: Account, _: Grant, admin: Grant) -> None:
    await pair.ask("PUT", f"/api/auth/admin/users/{person.user_id}/role", admin, {"role": "guest"})


async def change_password(pair: Pair, _: Account, own: Grant, __: Grant) -> None:
    body = {"current_password": PASSWORD, "new_password": "another battery staple horse"}
    await pair.post("/api/auth/change-password", own, body)


async def sign_out_everywhere(pair: Pair, _: Account, own: Grant, __: Grant) -> None:
    await pair.post("/api/auth/my-sessions/revoke-all", own)


async def revoke_by_administrator(pair: Pair, person: Account, _: Grant, admin: Grant) -> None:
    await pair.post("/api/auth/admin/sessions/revoke", admin, {"user_id": str(person.user_id)})


@pytest.mark.parametrize(
    ("end", "code", "own_stays"),
    [
        (suspend, 4401, False),
        (change_role, 4403, False),
        (change_password, 4401, True),
        (sign_out_everywhere, 4401, False),
        (revoke_by_administrator, 4401, False),
    ],
)
async def test_every_end_of_a_persons_sessions_reaches_sockets_and_tokens(
    pair: Pair, end: End, code: int, own_stays: bool
) -> None:
    ada, bob = await pair.person("ada", password=True), await pair.person("bob")
    admin = await pair.sign_in(await pair.person("admin", Role.ADMIN))
    own, elsewhere, other = await pair.sign_in(ada), await pair.sign_in(ada), await pair.sign_in(bob)
    own_socket, gone, others = await pair.socket(own), await pair.socket(elsewhere), await pair.socket(other)

    await end(pair, ada, own, admin)
    ended = monotonic()
    assert await gone.closed(WITHIN_S) == code
    await refused_within_a_second(pair, elsewhere)

    assert monotonic() - ended < 2 * WITHIN_S
    if own_stays:
        assert await own_socket.answers()
        assert await pair.threads_status(own) == 200
    else:
        assert await own_socket.closed(WITHIN_S) == code
    assert await others.answers()
    assert await pair.threads_status(other) == 200


async def test_everybody_signed_out_by_an_administrator_may_sign_in_again(pair: Pair) -> None:
    ada = await pair.person("ada")
    admin = await pair.sign_in(await pair.person("admin", Role.ADMIN))
    grant = await pair.sign_in(ada)
    socket = await pair.socket(grant)

    assert await pair.post("/api/auth/admin/sessions/revoke", admin, {"everybody": True}) == {"revoked": 2}
    assert await socket.closed(WITHIN_S) == 4401
    await refused_within_a_second(pair, grant)

    again = await pair.sign_in(ada)
    assert await pair.threads_status(again) == 200
    assert await (await pair.socket(again)).answers()


async def test_a_new_refresh_token_closes_no_socket(pair: Pair) -> None:
    grant = await pair.sign_in(await pair.person("ada"))
    socket = await pair.socket(grant)
    token = grant.refresh_token
    for _ in range(5):
        answer = await pair.browser.post(
            f"{pair.auth_url}/api/auth/refresh",
            json={},
            headers={"sec-fetch-site": "same-origin", "cookie": f"{cookie_name(pair)}={token}"},
        )
        assert answer.status_code == 200
        token = answer.cookies[cookie_name(pair)]
        pair.browser.cookies.clear()

    await asyncio.sleep(0.5)
    assert await socket.answers()


def cookie_name(pair: Pair) -> str:
    return f"emg_rt_{pair.auth_url.rpartition(':')[2]}"


async def test_a_ticket_opens_one_socket_from_its_own_page_and_never_by_address(pair: Pair) -> None:
    grant = await pair.sign_in(await pair.person("ada"))
    ticket = await pair.ticket(grant)
    first = await pair.dial(ticket)
    second = await pair.dial(ticket)
    elsewhere = await pair.dial(await pair.ticket(grant, origin="http://elsewhere.example"), pair.session_url)
    for refused in (second, elsewhere):
        with pytest.raises(ConnectionClosed):
            await refused.recv()
        assert refused.close_code == 4401

    with pytest.raises(InvalidStatus) as by_address:
        await pair.dial("x", query=f"?ticket={await pair.ticket(grant)}")

    assert by_address.value.response.status_code == 400
    await first.close()


async def test_stolen_keys_end_every_token_and_socket_at_once_and_no_login_session(pair: Pair) -> None:
    ada = await pair.person("ada")
    admin, grant = await pair.sign_in(await pair.person("admin", Role.ADMIN)), await pair.sign_in(ada)
    socket, ticket = await pair.socket(grant), await pair.ticket(grant)

    before = await pair.ask("GET", "/api/auth/admin/keys", admin)
    after = await pair.post("/api/auth/admin/keys/rotate?compromised=true", admin)
    assert await socket.closed(WITHIN_S) == 4401
    await refused_within_a_second(pair, grant)

    assert {key["kid"] for key in before["keys"]}.isdisjoint(key["kid"] for key in after["keys"])
    late = await pair.dial(ticket)
    with pytest.raises(ConnectionClosed):
        await late.recv()
    old = await pair.browser.get(
        f"{pair.auth_url}/api/auth/session", headers={"authorization": f"Bearer {grant.signed_in.access_token}"}
    )
    assert old.status_code == 401
    renewed = await pair.sign_in(ada)
    assert await pair.threads_status(renewed) == 200
    sessions = await pair.ask("GET", "/api/auth/my-sessions", renewed)
    assert str(grant.signed_in.session_id) in {each["id"] for each in sessions["sessions"]}


async def _revoke(pair: Pair, by: Grant, gone: OpenedSocket) -> float:
    """Revoke by the API and return how long the socket took to close."""
    asked = monotonic()
    await pair.post(f"/api/auth/my-sessions/{gone.session_id}/revoke", by)
    assert await gone.closed() == 4401
    return (gone.closed_at_s or 0) - asked


async def test_one_line_after_another_is_cut_and_nobody_revoked_goes_on(pair: Pair, database_url: str) -> None:
    ada = await pair.person("ada")
    by = await pair.sign_in(ada)
    grants = [await pair.sign_in(ada) for _ in range(4)]
    first, second, third, _ = sockets = [await pair.socket(grant) for grant in grants]
    assert await pair.threads_status(by) == 200  # the keys are known from now on

    # Notices are cut: the table is polled.
    await administer(
        database_url,
        "ALTER TABLE auth.revocations DISABLE TRIGGER revocations_wake",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'emergence-auth-listen'",
    )
    assert await _revoke(pair, by, first) < WITHIN_S

    # The stream is cut: after five seconds nobody changes anything unasked, and nobody answers.
    pair.to_auth.cut()
    await pair.post(f"/api/auth/my-sessions/{second.session_id}/revoke", by)
    pair.clock.pass_by(LATE + A_MOMENT)
    await second.socket.send('{"cmd":"subscribe","cid":"019a0000-0000-7000-8000-000000000007","topic":"t","seq":1}')
    async with asyncio.timeout(10):
        while "unavailable" not in await second.heard.get():
            continue
    assert await pair.threads_status(grants[1]) == 200  # reading goes on

    # It is mended: what was told meanwhile is told.
    pair.to_auth.mend()
    assert await second.closed() == 4401
    await asyncio.sleep(0.1)
    assert not pair.session.revocations.is_late

    # PostgreSQL is cut from auth: it promises nothing, and after half a minute every socket is closed.
    pair.auth_to_database.cut()
    await asyncio.sleep(1.5)
    pair.clock.pass_by(LOST + A_MOMENT)
    assert [await each.closed() for each in sockets[2:]] == [1013, 1013]

    # All is well again, without a gap.
    await administer(
        database_url,
        f"INSERT INTO auth.revocations (kind, ref, sv, at, reason) "
        f"VALUES ('sid', '{third.session_id}', 1, now(), 'logged_out')",
    )
    pair.auth_to_database.mend()
    began = monotonic()
    while await pair.threads_status(grants[2]) != 401:
        assert monotonic() - began < 10
        await asyncio.sleep(0.05)
    assert await pair.threads_status(grants[3]) == 200
    assert await (await pair.socket(grants[3])).answers()
