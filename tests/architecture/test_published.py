"""What is written from the code is what the code says now."""

import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT
from tools.describe_settings import reference


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_the_published_interface_is_the_programs(name: str) -> None:
    printed = subprocess.run([sys.executable, "-m", "emergence", name], capture_output=True, text=True, check=True)

    assert (ROOT / "docs" / "api" / f"{name}.json").read_text() == printed.stdout, "type `make types`"


def test_the_configuration_page_describes_the_settings_that_exist() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text() == reference(), "type `make docs`"
