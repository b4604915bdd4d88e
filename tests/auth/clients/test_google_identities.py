"""Callers on Cloud Run: Google's identity tokens, with a key set that a server on loopback publishes."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from emergence.kernel.google_identities import GoogleIdentities, google_keys
from emergence.kernel.settings import SettingsInvalid
from tests.auth.served_auth import ServedAuth, auth_environ, served_auth
from tests.scripted_google import ScriptedGoogle, private_key

OWN_URL = "https://auth-abc123-ew.a.run.app"
SESSION = "session@project.iam.gserviceaccount.com"
REPORTS = "reports@project.iam.gserviceaccount.com"
KNOWN = "ticket_rejected"  # the caller was believed, its ticket was not
LISTED = f"{SESSION}=session, {REPORTS}=reports"


class Google(ScriptedGoogle):
    """Google as the auth service of `served` sees it."""

    def __init__(self, served: ServedAuth) -> None:
        super().__init__(audience=OWN_URL, account=SESSION, clock=served.clock)
        self.served = served


async def consume(served: ServedAuth, token: str) -> httpx2.Response:
    """Ask for what only `session` may: an unknown ticket is refused after the caller was."""
    body = {"ticket": "x" * 43, "origin": None}
    headers = {"authorization": f"Bearer {token}"}
    return await served.program().post("/api/auth/internal/ws-tickets/consume", json=body, headers=headers)


@pytest.fixture
async def google(database_url: str) -> AsyncIterator[Google]:
    environ = auth_environ(database_url, AUTH_SERVICE_ACCOUNTS=LISTED, AUTH_SERVICE_URL=OWN_URL)
    async with served_auth(environ) as served:
        google = Google(served)
        async with google.publishing():
            # The settings made one already; it differs in nothing but where it fetches the keys.
            *others, made = served.app.state.knows_services
            assert isinstance(made, GoogleIdentities)
            accounts = {SESSION: "session", REPORTS: "reports"}
            here = GoogleIdentities(
                google_keys(google.address), audience=OWN_URL, accounts=accounts, clock=served.clock
            )
            served.app.state.knows_services = (*others, here)
            yield google


async def test_a_listed_account_is_the_service_that_it_is_listed_as(google: Google) -> None:
    as_session = await consume(google.served, google.token())
    as_reports = await consume(google.served, google.token(email=REPORTS))

    assert as_session.json()["code"] == KNOWN
    assert (as_reports.status_code, as_reports.json()["code"]) == (403, "forbidden")
    assert google.asked == 1, "its keys are kept"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://session-abc123-ew.a.run.app"},
        {"aud": OWN_URL + "/"},
        {"aud": [OWN_URL]},
        {"aud": "auth"},
        {"aud": None},
        {"iss": "https://accounts.google.com.evil.example"},
        {"iss": "emergence-auth"},
        {"iss": None},
        {"email": "session@other.iam.gserviceaccount.com"},
        {"email": SESSION.upper()},
        {"email": None},
        {"email": [SESSION]},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"exp": 1},
        {"exp": None},
        {"exp": 4_000_000_000},
        {"iat": 4_000_000_000, "exp": 4_000_000_100},
        {"iat": None},
        {"exp": "soon"},
    ],
    ids=str,
)
async def test_a_token_that_says_something_else_is_refused(google: Google, changes: dict[str, Any]) -> None:
    answer = await consume(google.served, google.token(**changes))

    assert (answer.status_code, answer.json()["code"]) == (401, "caller_rejected")


async def test_a_token_that_is_signed_otherwise_is_refused(google: Google) -> None:
    good = google.token()
    signing_input, _, signature = good.rpartition(".")
    claims = json.dumps(google.claims()).encode()
    elliptic = ec.generate_private_key(ec.SECP256R1())
    hostile = {
        "another's key": Google(google.served).token(),
        "unknown kid": google.token({"kid": "g2"}),
        "no kid": jwt.PyJWS().encode(claims, google.key, "RS256", {"typ": "JWT"}),
        "a path for a kid": google.token({"kid": "../../dev/null"}),
        "another type": google.token({"typ": "at+jwt"}),
        "keys from elsewhere": google.token({"jku": google.address}),
        "RS512": jwt.PyJWS().encode(claims, google.key, "RS512", {"kid": "g1", "typ": "JWT"}),
        "PS256": jwt.PyJWS().encode(claims, google.key, "PS256", {"kid": "g1", "typ": "JWT"}),
        "ES256": jwt.PyJWS().encode(claims, elliptic, "ES256", {"kid": "g1", "typ": "JWT"}),
        "HS256": jwt.PyJWS().encode(claims, b"x" * 32, "HS256", {"kid": "g1", "typ": "JWT"}),
        "unsigned": f"{signing_input}.AAAA",
        "twice padded": f"{good}==",
        "cut": f"{signing_input}.{signature[:-8]}",
        "too long": good + "A" * 5_000,
    }

    for why, token in hostile.items():
        assert (await consume(google.served, token)).json()["code"] == "caller_rejected", why
    assert google.asked <= 2, "invented keys are asked for once a minute"
    assert (await consume(google.served, good)).json()["code"] == KNOWN


async def test_it_ends_when_it_says(google: Google) -> None:
    token = google.token()
    google.served.clock.advance(timedelta(hours=1, seconds=4))
    assert (await consume(google.served, token)).json()["code"] == KNOWN

    google.served.clock.advance(timedelta(seconds=2))

    assert (await consume(google.served, token)).json()["code"] == "caller_rejected"


async def test_a_new_key_of_googles_is_found_and_the_former_ones_end(google: Google) -> None:
    former = google.token()
    assert (await consume(google.served, former)).json()["code"] == KNOWN
    google.key = private_key()
    google.served.clock.advance(timedelta(minutes=6))

    assert (await consume(google.served, google.token())).json()["code"] == KNOWN
    assert (await consume(google.served, former)).json()["code"] == "caller_rejected"


async def test_while_google_is_away_known_keys_count_and_unknown_callers_wait(google: Google) -> None:
    google.status = 503
    away = await consume(google.served, google.token())
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    google.served.clock.advance(timedelta(seconds=3))

    for body in (b"not json", b'{"keys": 7}', b"[" * 100_000):
        google.status, google.body = 200, body
        assert (await consume(google.served, google.token())).status_code == 503
        google.served.clock.advance(timedelta(seconds=3))

    google.body = None
    assert (await consume(google.served, google.token())).status_code != 503
    google.status = 500
    google.served.clock.advance(timedelta(minutes=6))
    assert (await consume(google.served, google.token())).json()["code"] == KNOWN


async def test_without_a_list_no_account_is_anybody(served: ServedAuth) -> None:
    google = Google(served)
    async with google.publishing():
        assert (await consume(served, google.token())).json()["code"] == "caller_rejected"
    assert google.asked == 0


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"AUTH_SERVICE_ACCOUNTS": LISTED}, "AUTH_SERVICE_URL: is required"),
        ({"AUTH_SERVICE_ACCOUNTS": SESSION, "AUTH_SERVICE_URL": OWN_URL}, "AUTH_SERVICE_ACCOUNTS: must be like"),
        ({"AUTH_SERVICE_ACCOUNTS": f"{SESSION}=session+chat", "AUTH_SERVICE_URL": OWN_URL}, "must be like"),
        ({"AUTH_SERVICE_ACCOUNTS": f"{SESSION}=a,{SESSION}=b", "AUTH_SERVICE_URL": OWN_URL}, "must be like"),
    ],
)
async def test_a_list_that_cannot_be_meant_ends_the_start(
    database_url: str, variables: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsInvalid, match=words):
        async with served_auth(auth_environ(database_url, **variables)):
            pass
