"""A service token proves one caller to one audience for five minutes, and nothing else passes for one."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import jwt as pyjwt
import pytest

from emergence.kernel.errors import CallerRejected
from emergence.kernel.service_tokens import ServiceTokens
from tests.frozen_clock import FrozenClock
from tests.kernel.service_plans import DEPLOYMENT_SECRET

CLOCK = FrozenClock()
NOW = int(CLOCK.now().timestamp())


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def session_tokens(clock: FrozenClock) -> ServiceTokens:
    return ServiceTokens(DEPLOYMENT_SECRET, "session", clock)


@pytest.fixture
def auth_tokens(clock: FrozenClock) -> ServiceTokens:
    return ServiceTokens(DEPLOYMENT_SECRET, "auth", clock)


def bearer(token: str) -> str:
    return f"Bearer {token}"


def test_the_audience_learns_who_calls(session_tokens: ServiceTokens, auth_tokens: ServiceTokens) -> None:
    token = session_tokens.token_for("auth")

    assert auth_tokens.caller_of(bearer(token), audience="auth") == "session"
    assert auth_tokens.accepts(bearer(token), audience="auth")


def test_a_token_is_kept_until_a_minute_before_its_end(session_tokens: ServiceTokens, clock: FrozenClock) -> None:
    first = session_tokens.token_for("auth")
    clock.advance(timedelta(minutes=3, seconds=59))
    same = session_tokens.token_for("auth")
    clock.advance(timedelta(seconds=1))

    assert same == first
    assert session_tokens.token_for("auth") != first


def test_a_token_ends(session_tokens: ServiceTokens, auth_tokens: ServiceTokens, clock: FrozenClock) -> None:
    token = session_tokens.token_for("auth")
    clock.advance(timedelta(minutes=5, seconds=4))
    assert auth_tokens.accepts(bearer(token), audience="auth")
    clock.advance(timedelta(seconds=1))

    assert not auth_tokens.accepts(bearer(token), audience="auth")


def test_a_token_for_another_service_is_refused(session_tokens: ServiceTokens, auth_tokens: ServiceTokens) -> None:
    token = bearer(session_tokens.token_for("chat"))

    assert not auth_tokens.accepts(token, audience="auth")
    assert auth_tokens.accepts(token, audience="chat")
    assert not auth_tokens.accepts(token, audience="auth")


def test_a_token_of_another_deployment_is_refused(auth_tokens: ServiceTokens, clock: FrozenClock) -> None:
    stranger = ServiceTokens(DEPLOYMENT_SECRET[::-1], "session", clock)

    with pytest.raises(CallerRejected):
        auth_tokens.caller_of(bearer(stranger.token_for("auth")), audience="auth")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer a.b", "x" * 9000]
)
def test_anything_else_is_refused(auth_tokens: ServiceTokens, header: str | None) -> None:
    assert not auth_tokens.accepts(header, audience="auth")


def test_the_secret_itself_does_not_sign(auth_tokens: ServiceTokens) -> None:
    token = pyjwt.encode(claims(), DEPLOYMENT_SECRET, algorithm="HS256", headers={"typ": "svc+jwt"})

    assert not auth_tokens.accepts(bearer(token), audience="auth")


def claims(**changed: object) -> dict[str, object]:
    plain: dict[str, object] = {"iss": "emergence", "sub": "session", "aud": "auth", "jti": "1"}
    return plain | {"iat": NOW, "exp": NOW + 300} | changed


def signing_key(tokens: ServiceTokens) -> bytes:
    material = tokens._key.key.raw_value
    assert isinstance(material, bytes)
    return material


def test_another_library_reads_and_makes_the_same_tokens(auth_tokens: ServiceTokens) -> None:
    ours = auth_tokens.token_for("chat")
    theirs = pyjwt.encode(claims(), signing_key(auth_tokens), algorithm="HS256", headers={"typ": "svc+jwt"})
    options: dict[str, bool] = {"verify_exp": False, "verify_iat": False}

    read = pyjwt.decode(ours, signing_key(auth_tokens), ["HS256"], audience="chat", options=options)  # type: ignore[arg-type]

    assert (read["iss"], read["sub"], read["exp"] - read["iat"]) == ("emergence", "auth", 300)
    assert auth_tokens.caller_of(bearer(theirs), audience="auth") == "session"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "emergence-auth"},
        {"aud": ["auth"]},
        {"sub": ""},
        {"sub": 7},
        {"exp": NOW + 301},
        {"exp": float(NOW + 300)},
        {"exp": True},
        {"iat": NOW + 6, "exp": NOW + 200},
        {"exp": NOW - 6, "iat": NOW - 300},
        {"exp": NOW, "iat": NOW},
        {"scope": "admin"},
    ],
)
def test_claims_that_we_never_make_are_refused(auth_tokens: ServiceTokens, changed: dict[str, object]) -> None:
    key = signing_key(auth_tokens)
    token = pyjwt.encode(claims(**changed), key, algorithm="HS256", headers={"typ": "svc+jwt"})

    assert not auth_tokens.accepts(bearer(token), audience="auth")


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "jti", "iat", "exp"])
def test_a_claim_that_is_missing_is_refused(auth_tokens: ServiceTokens, missing: str) -> None:
    rest = {name: value for name, value in claims().items() if name != missing}
    token = pyjwt.encode(rest, signing_key(auth_tokens), algorithm="HS256", headers={"typ": "svc+jwt"})

    assert not auth_tokens.accepts(bearer(token), audience="auth")


@pytest.mark.parametrize("header", [{"typ": "at+jwt"}, {"typ": "JWT"}, {"typ": "svc+jwt", "kid": "1"}])
def test_a_token_of_another_type_is_refused(auth_tokens: ServiceTokens, header: dict[str, str]) -> None:
    token = pyjwt.encode(claims(), signing_key(auth_tokens), algorithm="HS256", headers=header)

    assert not auth_tokens.accepts(bearer(token), audience="auth")


@pytest.mark.parametrize("alg", ["none", "HS384", "EdDSA"])
def test_the_algorithm_is_ours_to_choose(auth_tokens: ServiceTokens, alg: str) -> None:
    _, payload, signature = auth_tokens.token_for("auth").split(".")
    header = urlsafe_b64encode(json.dumps({"alg": alg, "typ": "svc+jwt"}).encode()).rstrip(b"=").decode()

    assert not auth_tokens.accepts(bearer(f"{header}.{payload}.{signature}"), audience="auth")
    assert not auth_tokens.accepts(bearer(f"{header}.{payload}."), audience="auth")


def test_a_changed_payload_is_refused(auth_tokens: ServiceTokens) -> None:
    header, payload, signature = auth_tokens.token_for("auth").split(".")
    read = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    changed = urlsafe_b64encode(json.dumps(read | {"sub": "gateway"}).encode()).rstrip(b"=").decode()

    assert not auth_tokens.accepts(bearer(f"{header}.{changed}.{signature}"), audience="auth")
