"""What the tests of the chat service find in their databases."""

import pytest


@pytest.fixture
def services() -> tuple[str, ...]:
    return ("chat",)
