"""Every public path has one owner; internal paths are known as such."""

import pytest

from emergence.gateway.routes import ROUTES, is_internal, owner_of


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/api/auth/login", "auth"),
        ("/.well-known/jwks.json", "auth"),
        ("/api/threads", "session"),
        ("/api/threads/1/messages", "session"),
        ("/ws", "session"),
        ("/ws/0198", "session"),
        ("/api/agents", "chat"),
        ("/api/models/openai", "chat"),
        ("/", None),
        ("/api/health", None),
        ("/wsx", None),
        ("/api/authority", None),
    ],
)
def test_a_path_belongs_to_one_service_or_to_the_gateway(path: str, owner: str | None) -> None:
    assert owner_of(path) == owner


def test_no_prefix_is_declared_twice() -> None:
    prefixes = [route.prefix for route in ROUTES]

    assert len(prefixes) == len(set(prefixes))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/auth/internal/ws-tickets/consume", True),
        ("/api/chat/internal", True),
        ("/api/auth/login", False),
        ("/api/internal", False),
        ("/internal/auth", False),
    ],
)
def test_internal_paths_are_recognised(path: str, expected: bool) -> None:
    assert is_internal(path) is expected
