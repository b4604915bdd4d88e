"""Who knows any part of what auth promises knows its errors."""

import subprocess
import sys

import pytest

SCRIPT = """
import emergence.contracts.auth.{part}
from emergence.kernel.errors import error_from_problem
print(type(error_from_problem(401, {{"code": "ticket_rejected"}})).__name__)
"""


@pytest.mark.parametrize("part", ["client", "signing_in", "events"])
def test_a_refusal_arrives_as_the_class_that_auth_declared(part: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(part=part)], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "TicketRejected"
