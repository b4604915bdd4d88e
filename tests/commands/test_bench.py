"""`emergence bench`: finds its measurements and passes their exit status on."""

import pytest

from emergence.command_line import main


def test_an_unknown_measurement_is_refused_with_the_known_ones(capfd: pytest.CaptureFixture[str]) -> None:
    status = main(["bench", "no-such"])

    assert status == 2
    assert "start, stream" in capfd.readouterr().err


NAMES = ["alike", "auth", "harvest", "legacy", "memory", "recall", "session", "soak", "start", "stream", "thread"]


def test_without_a_name_the_measurements_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"]) == 0
    assert capfd.readouterr().out.split("\n")[:-1] == [f"emergence bench {name}" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_measurement_explains_itself(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    status = main(["bench", name, "--help"])

    assert status == 0
    assert f"emergence bench {name}" in capfd.readouterr().out
