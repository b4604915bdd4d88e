"""The access-token verifier: what it accepts, the hostile list, and PyJWT as a second opinion."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import jwt as pyjwt
import pytest
from fastapi import Depends, FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from emergence.kernel.errors import ServiceError, Unauthenticated
from emergence.kernel.identity import (
    AccessTokenVerifier,
    Identity,
    Watching,
    current_identity,
    no_changes_while_impersonating,
    require_role,
)
from emergence.kernel.problems import answer_with_problems
from emergence.kernel.revocations import Revocation, Revocations
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import AUDIENCE, ISSUER, TokenMint
from tests.kernel.hostile_tokens import HOSTILE

USER = UUID("0190b0a0-0000-7000-8000-000000000001")
SESSION = UUID("0190b0a0-0000-7000-8000-000000000002")


def verifier_for(mint: TokenMint) -> AccessTokenVerifier:
    return AccessTokenVerifier(mint.key_set, issuer=ISSUER, audience=AUDIENCE, clock=mint.clock)


async def unasked(_: Identity) -> bool:
    raise AssertionError("nothing changes, or the news are fresh: there is nothing to ask")


async def is_accepted(verifier: AccessTokenVerifier, token: str) -> bool:
    try:
        await verifier.verify(token)
    except Unauthenticated:
        return False
    return True


@pytest.fixture
def mint() -> TokenMint:
    return TokenMint(FrozenClock())


async def test_a_token_as_we_issue_it_names_its_caller(mint: TokenMint) -> None:
    token = mint.token(claims={"sub": str(USER), "sid": str(SESSION), "role": "admin"})

    identity = await verifier_for(mint).verify(token)

    now = mint.clock.now()
    assert identity == Identity(
        user_id=USER,
        session_id=SESSION,
        role="admin",
        expires_at=now + timedelta(minutes=5),
        version=1,
        issued_s=int(now.timestamp()),
        key_id="key-1",
    )


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_token_is_refused(mint: TokenMint, name: str) -> None:
    token = HOSTILE[name](mint)

    assert await is_accepted(verifier_for(mint), mint.token())
    assert not await is_accepted(verifier_for(mint), token)


async def test_clocks_may_differ_by_five_seconds(mint: TokenMint) -> None:
    token, verifier = mint.token(), verifier_for(mint)

    mint.clock.advance(timedelta(seconds=304))
    assert await is_accepted(verifier, token)
    mint.clock.advance(timedelta(seconds=1))
    assert not await is_accepted(verifier, token)


async def test_a_remembered_token_expires_all_the_same(mint: TokenMint) -> None:
    token, verifier = mint.token(), verifier_for(mint)
    assert await is_accepted(verifier, token)

    mint.clock.advance(timedelta(seconds=305))

    assert not await is_accepted(verifier, token)


async def test_a_remembered_token_is_refused_once_its_login_session_has_ended(mint: TokenMint) -> None:
    revocations = Revocations(mint.clock)
    verifier = AccessTokenVerifier(
        mint.key_set, issuer=ISSUER, audience=AUDIENCE, clock=mint.clock, watching=Watching(revocations, unasked)
    )
    token, other = mint.token(claims={"sid": str(SESSION)}), mint.token(claims={"sid": str(USER)})
    assert await is_accepted(verifier, token)

    revocations.learn(Revocation("sid", str(SESSION), mint.clock.now(), "logged_out", 1))

    assert not await is_accepted(verifier, token)
    assert not await is_accepted(verifier, mint.token(claims={"sid": str(SESSION)}))
    assert await is_accepted(verifier, other)


async def test_a_remembered_token_is_forgotten_when_its_key_is_withdrawn(mint: TokenMint) -> None:
    verifier, token = verifier_for(mint), mint.token(claims={})
    mint.clock.advance(timedelta(seconds=200))
    late = mint.token()
    assert await is_accepted(verifier, late)
    mint.kid = "key-2"

    mint.clock.advance(timedelta(seconds=201))
    assert await is_accepted(verifier, late)
    mint.clock.advance(timedelta(seconds=100))

    assert not await is_accepted(verifier, late)
    assert not await is_accepted(verifier, token)


def pyjwt_accepts(mint: TokenMint, token: str) -> bool:
    try:
        pyjwt.decode(
            token,
            mint.key.public_key,  # type: ignore[arg-type]
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=5,
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},  # it reads the real clock
        )
    except (pyjwt.PyJWTError, ValueError, RecursionError):
        return False
    return True


EDITS = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 2), st.text('ABCabc019-_.=+/ {}"\n\x00é', max_size=2)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(edits=EDITS)
async def test_nothing_is_accepted_that_pyjwt_refuses(edits: list[tuple[int, int, str]]) -> None:
    mint = TokenMint(FrozenClock())
    good = mint.token()
    letters = list(good)
    for place, length, text in edits:
        start = place % len(good)
        letters[start : start + length] = text
    token = "".join(letters)

    accepted = await is_accepted(verifier_for(mint), token)

    assert accepted is (token == good)
    assert not accepted or pyjwt_accepts(mint, token)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
MEMBERS = st.dictionaries(
    st.sampled_from(
        ["iss", "aud", "sub", "sid", "role", "exp", "iat", "nbf", "jti", "alg", "typ", "kid", "crit", "b64"]
    ),
    JSON,
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(header=MEMBERS, claims=MEMBERS)
async def test_signed_nonsense_is_refused_and_never_fails(header: dict[str, object], claims: dict[str, object]) -> None:
    mint = TokenMint(FrozenClock())
    token = mint.token(header, claims)

    accepted = await is_accepted(verifier_for(mint), token)

    assert not accepted or pyjwt_accepts(mint, token)


def app_for(mint: TokenMint) -> FastAPI:
    app = FastAPI()
    answer_with_problems(app)
    app.state.verifier = verifier_for(mint)

    @app.get("/me")
    async def me(identity: Annotated[Identity, Depends(current_identity)]) -> str:
        return str(identity.user_id)

    @app.get("/admin")
    async def admin(identity: Annotated[Identity, Depends(require_role("admin"))]) -> str:
        return str(identity.user_id)

    return app


def test_a_route_knows_its_caller_and_asks_for_a_role(mint: TokenMint) -> None:
    member = {"authorization": f"Bearer {mint.token(claims={'sub': str(USER)})}"}
    administrator = {"authorization": f"Bearer {mint.token(claims={'sub': str(USER), 'role': 'admin'})}"}

    with TestClient(app_for(mint)) as client:
        assert client.get("/me", headers=member).json() == str(USER)
        assert client.get("/admin", headers=member).status_code == 403
        assert client.get("/admin", headers=administrator).json() == str(USER)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer x.y.z"])
def test_a_route_answers_401_without_a_believable_bearer_token(mint: TokenMint, header: str | None) -> None:
    with TestClient(app_for(mint)) as client:
        answer = client.get("/me", headers={} if header is None else {"authorization": header})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.json()["code"] == "unauthenticated"


def test_two_authorization_headers_are_refused(mint: TokenMint) -> None:
    value = f"Bearer {mint.token()}"
    with TestClient(app_for(mint)) as client:
        answer = client.get("/me", headers=[("authorization", value), ("authorization", value)])

    assert answer.status_code == 401


async def test_verification_refuses_with_one_class_only(mint: TokenMint) -> None:
    for bend in HOSTILE.values():
        with pytest.raises(ServiceError) as refused:
            await verifier_for(mint).verify(bend(mint))
        assert refused.value.code == "unauthenticated"


async def test_who_acts_for_somebody_else_is_named(mint: TokenMint) -> None:
    token = mint.token(claims={"sub": str(USER), "act": {"sub": str(SESSION)}})

    identity = await verifier_for(mint).verify(token)

    assert (identity.user_id, identity.impersonator_id) == (USER, SESSION)
    assert (await verifier_for(mint).verify(mint.token())).impersonator_id is None


@pytest.mark.parametrize(
    "act", [None, "", {}, [], {"sub": None}, {"sub": "me"}, {"sub": str(USER), "act": {"sub": str(USER)}}, str(USER)]
)
async def test_a_token_that_names_nobody_as_acting_is_not_taken_for_the_persons_own(
    mint: TokenMint, act: object
) -> None:
    assert not await is_accepted(verifier_for(mint), mint.token(claims={"act": act}))


def test_who_looks_at_anothers_account_reads_and_changes_nothing_but_what_is_open(mint: TokenMint) -> None:
    app = FastAPI(dependencies=[Depends(no_changes_while_impersonating(frozenset({"/open"})))])
    answer_with_problems(app)
    app.state.verifier = verifier_for(mint)
    for path in ("/open", "/shut"):
        app.add_api_route(path, lambda: None, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    client = TestClient(app)
    own = {"authorization": f"Bearer {mint.token()}"}
    looking = {"authorization": f"Bearer {mint.token(claims={'act': {'sub': str(USER)}})}"}

    def codes(path: str, headers: dict[str, str]) -> list[int]:
        methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        return [client.request(method, path, headers=headers).status_code for method in methods]

    assert codes("/shut", looking) == [200, 200, 403, 403, 403, 403]
    assert codes("/open", looking) == codes("/shut", own) == codes("/shut", {}) == [200] * 6
