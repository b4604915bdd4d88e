"""Any set of services is a process; names that nobody has are refused."""

import pytest
from fastapi import FastAPI

from emergence.composition import SERVICES, UnknownService, build_process, check_names, public_openapi, settings_of
from emergence.gateway.app import Gateway
from emergence.kernel.errors import Unavailable
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.on_first_call import OnFirstCall
from tests.kernel.requests_to_app import ask

ENVIRON = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "EMERGENCE_SERVICE_SECRET": "9c1f0b7e5d3a48261f70c9b8a7d6e5f40312",
    "AUTH_JWT_SECRET": "5e1d0c9b8a7f6e4d3c2b1a0f9e8d7c6b5a49",
    "EMERGENCE_PUBLIC_URL": "https://chat.example.org",
}


def test_names_are_put_in_starting_order_with_the_gateway_last() -> None:
    assert check_names(["gateway", "session", "auth"]) == ("auth", "session", "gateway")


@pytest.mark.parametrize("names", [["cloud"], [], ["auth", "memories"]])
def test_an_unknown_name_is_refused_with_the_known_ones(names: list[str]) -> None:
    with pytest.raises(UnknownService, match="auth, memory, chat, session, gateway"):
        check_names(names)


@pytest.mark.parametrize("name", SERVICES)
async def test_one_service_alone_is_its_own_app(name: str) -> None:
    surroundings = Surroundings(environ=ENVIRON)
    process = build_process([name], surroundings, {"auth": "http://127.0.0.1:9", "chat": "http://127.0.0.1:9"})

    assert isinstance(process, FastAPI)
    assert isinstance(surroundings.peers.transport(name), InProcess)


async def test_neighbours_in_the_process_win_over_addresses() -> None:
    surroundings = Surroundings(environ=ENVIRON)
    process = build_process(
        ["auth", "gateway"], surroundings, {"auth": "http://127.0.0.1:9", "chat": "http://127.0.0.1:9"}
    )

    assert isinstance(process, Gateway)
    assert set(process.backends) == {"auth", "chat"}
    assert isinstance(surroundings.peers.transport("auth"), InProcess)
    assert isinstance(surroundings.peers.transport("chat"), OnFirstCall)
    with pytest.raises(Unavailable, match="SESSION_SERVICE_URL"):
        surroundings.peers.transport("session")


PUSHED = {
    "EMERGENCE_BUS": "pubsub",
    "EMERGENCE_BUS_URL": "pubsub://my-project",
    "EMERGENCE_BUS_PUSH_ACCOUNT": "pusher@my-project.iam.gserviceaccount.com",
    "AUTH_SERVICE_URL": "https://main-123-ew.a.run.app",
}


@pytest.mark.parametrize(
    ("more", "path", "host", "status"),
    [
        # 503: it came to the service, which is not up and would look at the token.
        (PUSHED, "/api/auth/internal/events", "main-123-ew.a.run.app", 503),
        (PUSHED, "/api/auth/internal/events", "127.0.0.1", 503),
        (PUSHED, "/api/auth/internal/people", "127.0.0.1", 404),
        (PUSHED, "/api/auth/internal/people", "main-123-ew.a.run.app", 421),
        (PUSHED, "/api/session/internal/events", "127.0.0.1", 404),
        (PUSHED, "/api/auth/me", "main-123-ew.a.run.app", 421),
        ({}, "/api/auth/internal/events", "127.0.0.1", 404),
        ({}, "/api/auth/internal/events", "main-123-ew.a.run.app", 421),
    ],
)
async def test_pushes_pass_the_gateway_under_the_platforms_name_and_only_to_services_behind_it_here(
    more: dict[str, str], path: str, host: str, status: int
) -> None:
    surroundings = Surroundings(environ=ENVIRON | {"GATEWAY_LOOPBACK_ONLY": "1"} | more)
    process = build_process(["auth", "gateway"], surroundings, {"session": "http://127.0.0.1:9"})

    assert (await ask(process, path, method="POST", headers={"host": host})).status == status


@pytest.mark.parametrize("name", [*SERVICES, "gateway"])
def test_a_missing_secret_names_its_setting(name: str) -> None:
    with pytest.raises(SettingsInvalid, match="EMERGENCE_SERVICE_SECRET: is required"):
        settings_of(name).read({})


def test_the_public_document_names_no_internal_route_and_no_development_sign_in() -> None:
    document = public_openapi()

    assert document["paths"]
    assert not [path for path in document["paths"] if "internal" in path or "dev/login" in path or "owner" in path]
    assert public_openapi() == document
