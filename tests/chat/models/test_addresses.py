"""Which addresses are ours."""

import pytest

from emergence.chat.models.addresses import is_local, is_this_machine


@pytest.mark.parametrize(
    ("address", "here", "ours"),
    [
        ("http://127.0.0.1:11434/v1", True, True),
        ("http://[::1]:8000/v1", True, True),
        ("http://localhost:11434", True, True),
        ("http://192.168.1.20/v1", False, True),
        ("http://ollama:11434/v1", False, True),
        ("https://models.internal/v1", False, True),
        ("https://api.openai.com/v1", False, False),
        ("http://8.8.8.8/v1", False, False),
        (None, False, False),
    ],
)
def test_addresses_are_told_apart(address: str | None, here: bool, ours: bool) -> None:
    assert is_this_machine(address) is here
    assert is_local(address) is ours
