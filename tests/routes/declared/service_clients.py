"""Tokens for services on other machines."""

from tests.routes.declaration import open_to_all

ROUTES = [
    open_to_all(
        "POST /api/auth/token",
        why="asks for a registered client's secret or signature; tests/auth/clients shows who gets a token",
        answers=frozenset({400}),  # asked without a form
        by_servers=True,
    ),
]
