"""Who am I: from the database, and never anyone else."""

from datetime import timedelta

from tests.auth.served_auth import ServedAuth, auth_environ, bearer, served_auth


async def test_the_session_is_described_to_its_owner(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    answer = await browser.get("/api/auth/session", headers=bearer(signed_in))

    found = answer.json()
    assert (found["session_id"], found["user_id"]) == (signed_in["session_id"], signed_in["user_id"])
    assert (found["role"], found["email"], found["display_name"]) == ("admin", "Ada@Example.org", "Ada")
    assert answer.headers["cache-control"] == "no-store"


async def test_an_expired_token_is_refused(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    served.clock.advance(timedelta(seconds=306))

    answer = await browser.get("/api/auth/session", headers=bearer(signed_in))

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_the_cookie_is_no_credential_for_reading(served: ServedAuth) -> None:
    browser, _ = await served.claimed()

    assert (await browser.get("/api/auth/session")).status_code == 401


async def test_two_people_see_only_themselves(database_url: str) -> None:
    environ = auth_environ(database_url, AUTH_ENV="dev", AUTH_DEV_LOGIN="1")
    async with served_auth(environ) as served:
        people = {}
        for email in ("one@example.org", "two@example.org"):
            browser = served.browser()
            people[email] = browser, (await browser.post_json("/api/auth/dev/login", {"email": email})).json()
        (one, signed_in_one), (two, signed_in_two) = people.values()

        assert (await one.get("/api/auth/session", headers=bearer(signed_in_one))).json()["email"] == "one@example.org"
        assert (await two.get("/api/auth/session", headers=bearer(signed_in_two))).json()["email"] == "two@example.org"
        await one.post_json("/api/auth/logout", **bearer(signed_in_one))
        assert (await two.get("/api/auth/session", headers=bearer(signed_in_two))).status_code == 200
        assert (await two.post_json("/api/auth/refresh")).json()["user_id"] == signed_in_two["user_id"]


async def test_a_bent_token_is_refused(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    token = signed_in["access_token"]
    head, _, signature = token.rpartition(".")

    answers = [
        await served.browser().get("/api/auth/session", headers={"authorization": f"Bearer {bent}"})
        for bent in (head + "." + signature[::-1], token + "x", "x" * 5000, head + ".")
    ]

    assert {answer.status_code for answer in answers} == {401}
