"""Health, figures and descriptions: nothing of anybody is in them."""

from tests.routes.declaration import open_to_all

ROUTES = [
    open_to_all("GET /api/health", why="says only that the process answers"),
    open_to_all("GET /api/ready", why="says only which parts answer"),
    open_to_all(
        "GET /metrics",
        why="holds METRICS_TOKEN's own check; figures name routes, never people",
        answers=frozenset({404}),  # the world has a public address and no METRICS_TOKEN
    ),
    open_to_all("GET /asyncapi.json", why="the published description of the live protocol"),
    open_to_all("GET /.well-known/jwks.json", why="public keys"),
]
