"""The measurement of a long conversation, tiny: it opens, scrolls, types and hears a reply in a real browser."""

import json
import subprocess
import sys

import pytest

from tests.journeys.browser.conftest import chromium_path

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.skipif(chromium_path() is None, reason="no Chromium here: install one, or set CHROMIUM=/path/to/it")
def test_a_small_conversation_is_measured() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.thread", "--messages", "60"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ran.returncode in (0, 1), ran.stderr
    figures = {figure["name"]: figure for figure in json.loads(ran.stdout)["figures"]}
    assert figures["messages_drawn"]["value"] == 62  # and the question and the answer that were measured
    assert figures["typing_ratio"]["value"] > 0
