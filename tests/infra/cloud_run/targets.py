"""A target to render for, whose values are all valid."""

from typing import Any

from blueprint.render import Target
from blueprint.services import every_service

DIGEST = "sha256:" + "0123456789abcdef" * 4
ENVIRONMENTS = ("dev", "staging", "prod")
PROFILES = ("default", "seed")
SERVICES = ("auth", "session", "main")


def required_secrets() -> dict[str, str]:
    """Return version 1 of every secret that must exist."""
    return {name: "1" for service in every_service() for name in service.required_secrets}


def target(**changes: Any) -> Target:
    """Return a target for prod, but for `changes`."""
    values: dict[str, Any] = {
        "environment": "prod",
        "project": "emergence-prod",
        "project_number": "123456789012",
        "region": "europe-west1",
        "image": f"europe-west1-docker.pkg.dev/emergence-prod/emergence/auth@{DIGEST}",
        "revision": "abc1234",
        "secrets": required_secrets(),
        "public_url": "https://chat.example.org",
    }
    return Target(**values | changes)
