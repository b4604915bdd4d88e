"""`emergence bench`: finds its measurements and passes their exit status on."""

from pathlib import Path

import pytest

from emergence.command_line import main


def test_an_unknown_measurement_is_refused_with_the_known_ones(capfd: pytest.CaptureFixture[str]) -> None:
    status = main(["bench", "no-such"])

    assert status == 2
    assert "start, stream" in capfd.readouterr().err


NAMES = [
    "alike",
    "auth",
    "deployment",
    "failover",
    "harvest",
    "legacy",
    "memory",
    "predict",
    "recall",
    "session",
    "settle",
    "soak",
    "start",
    "stream",
    "thread",
]


def test_without_a_name_the_measurements_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"]) == 0
    assert capfd.readouterr().out.split("\n")[:-1] == [f"emergence bench {name}" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_measurement_explains_itself(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    status = main(["bench", name, "--help"])

    assert status == 0
    assert f"emergence bench {name}" in capfd.readouterr().out


def test_a_file_is_named_from_the_folder_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.jsonl").write_text('{"collection": "mine", "queries": []}')

    status = main(["bench", "memory", "--data", "broken.jsonl"])

    assert status == 2
    assert "broken.jsonl, line 1: there is no member 'items'" in capfd.readouterr().err
    assert main(["bench", "memory", "--data", "missing.jsonl"]) == 2
