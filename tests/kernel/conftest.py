"""Logs as a service writes them: the test runner shows them when a test fails."""

import pytest

from emergence.kernel.logs import configure_logs


@pytest.fixture(autouse=True)
def logs() -> None:
    configure_logs("DEBUG", "json", "test")
