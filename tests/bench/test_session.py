"""The measurements of the session service run, at tiny sizes, and print every figure that they promise."""

import json
import subprocess
import sys

import pytest

from bench.instruments.report import NotMeasured
from bench.instruments.timed_model import ages_ms
from bench.soak import Sample, slope_mb_per_minute
from emergence.commands.bench import REPOSITORY


def figures_of(*words: str) -> dict[str, float]:
    """Run a measurement; whether its targets are met says nothing at this size."""
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {figure["name"]: figure["value"] for figure in json.loads(done.stdout)["figures"]}


def test_session_measures_sockets_tokens_and_resuming() -> None:
    sizes = ["--sockets", "5", "10", "--replies", "3", "--tokens", "10", "--fan-out", "4", "--rounds", "1"]
    figures = figures_of("bench.session", *sizes)

    for name in ("connects", "kb_per_socket_10", "resume_max", "fan_out_p50", "cpu_per_1000_frames", "echo_connects"):
        assert figures[name] > 0, name
    for prefix in ("", "two_"):
        assert figures[f"{prefix}token_p99"] >= figures[f"{prefix}token_p50"] > 0


def test_soak_measures_a_slope_while_people_talk() -> None:
    figures = figures_of("bench.soak", "--sockets", "8", "--seconds", "6", "--pause", "0.2")

    assert figures["replies"] >= 2
    assert figures["frames"] > figures["replies"]
    assert "resident_slope" in figures


def test_the_slope_is_that_of_the_line() -> None:
    growing = [Sample(at_s, int(100e6 + at_s * 1e6 / 30)) for at_s in range(0, 300, 5)]

    assert slope_mb_per_minute(growing) == pytest.approx(2.0, rel=1e-3)
    with pytest.raises(NotMeasured):
        slope_mb_per_minute(growing[:2])


def test_a_timed_token_tells_its_age() -> None:
    assert ages_ms("1000 2500 ", 5_000_000) == [4.0, 2.5]
