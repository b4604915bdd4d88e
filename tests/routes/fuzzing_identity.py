"""Loaded by Schemathesis: who it speaks as, and what a browser on our own page adds to a request."""

import os
from typing import Any

import requests
import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import positive_data_acceptance

# What the form of an input cannot say: which page a cursor belongs to.
BEYOND_FORM = "is not the `next` of a page"
TOKENS = os.environ.get("FUZZING_TOKENS_URL", "")


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Say what our own page says where it sends nothing: a changing request without it is refused as another site's."""
    if case.method.upper() != "GET" and case.body is NOT_SET:
        case.headers.setdefault("Content-Type", "application/json")


@schemathesis.check
def well_formed_data_is_not_malformed(context: Any, response: Any, case: Any) -> bool | None:
    """Let positive data be refused for a reason with a name of its own, but never as malformed."""
    if response.status_code == 422:
        problem = response.json()
        if problem["code"] != "invalid_request" or problem["errors"][0]["reason"] == BEYOND_FORM:
            return None
    return positive_data_acceptance(context, response, case)


if TOKENS:

    @schemathesis.auth(refresh_interval=None)
    class LivingToken:
        """An access token of a session that lives: requests of this very run end sessions."""

        def get(self, _: Any, __: Any) -> str:
            """Ask the test for one."""
            return requests.get(TOKENS, timeout=30).text

        def set(self, case: Any, token: str, _: Any) -> None:
            """Send it as a browser does."""
            case.headers["Authorization"] = f"Bearer {token}"
