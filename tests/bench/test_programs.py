"""Programs under measurement: they end with the block, and one that fails says why."""

import psutil  # type: ignore[import-untyped]
import pytest

from bench.instruments.programs import Program, free_port
from bench.instruments.report import NotMeasured


def test_a_program_is_ready_is_measured_and_ends_with_the_block() -> None:
    port = free_port()

    with Program(["bench.instruments.bare_service", str(port)]) as program:
        ready_s = program.until_ready(port) - program.started_s
        cpu_s, memory = program.cpu_s(), program.memory()
        pid = program.pid

    assert ready_s > 0
    assert cpu_s > 0
    assert memory.resident > 1_000_000
    assert not psutil.pid_exists(pid)


def test_a_program_that_dies_is_no_measurement_and_its_words_are_told() -> None:
    with Program(["bench.instruments.bare_service", "no-port"]) as program, pytest.raises(NotMeasured) as told:
        program.until_ready(free_port())

    assert "no-port" in str(told.value)


def test_nobodys_keys_reach_a_program_under_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-for-measurements")

    with Program(["tests.bench.print_environment"], {"GIVEN": "1"}) as program:
        _, line = program.until_said("GIVEN")

    assert "OPENAI_API_KEY" not in line
