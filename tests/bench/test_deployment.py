"""The measurements of the deployment miss their targets when what they look at is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.deployment import PARTS, conditions_of
from bench.instruments import cold_start
from bench.instruments.ground import Ground, find_ground, group_bytes
from bench.instruments.idle_sockets import Held, figures_of
from bench.instruments.report import Figure, NotMeasured

MB = 1_000_000
GOOD = Held(1_000, 1_000, 140 * MB, 120 * MB, is_alive=True)


def missed(figures: list[Figure]) -> set[str]:
    return {figure.name for figure in figures if figure.met is False}


def test_a_thousand_sockets_within_the_memory_are_held() -> None:
    assert GOOD.is_held
    assert missed(figures_of(GOOD, load=0.5)) == set()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (replace(GOOD, group_bytes=301 * MB), "idle_memory"),
        (replace(GOOD, group_bytes=None, resident_bytes=301 * MB), "idle_memory"),
        (replace(GOOD, answered=999), "idle_answered"),
        (replace(GOOD, is_alive=False), "idle_alive"),
    ],
)
def test_sockets_that_are_not_held_are_noticed(wrong: Held, name: str) -> None:
    assert not wrong.is_held
    assert missed(figures_of(wrong, load=0.5)) == {name}


def test_a_service_that_is_gone_holds_nothing_and_is_not_small() -> None:
    assert not replace(GOOD, answered=0, group_bytes=None, resident_bytes=0, is_alive=False).is_held


def test_what_runs_is_said_of_each_part() -> None:
    processes = find_ground(("session",), "processes")

    assert conditions_of(dict.fromkeys(PARTS, processes)) == {"runs": dict.fromkeys(PARTS, "processes"), "images": {}}
    assert Ground(None, "no engine").runs == "processes"


def test_images_that_were_asked_for_are_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINER_ENGINE", "docker")
    monkeypatch.setenv("PATH", "")

    assert find_ground(("session",)).runs == "processes"
    with pytest.raises(NotMeasured, match="no Docker engine"):
        find_ground(("session",), "images")


@pytest.mark.parametrize(("kinds", "name"), [("memory", "memory.usage_in_bytes"), ("", "memory.current")])
def test_a_control_group_of_either_version_tells_its_memory(tmp_path: Path, kinds: str, name: str) -> None:
    (tmp_path / kinds / "one").mkdir(parents=True)
    (tmp_path / kinds / "one" / name).write_text("1234\n")
    told = tmp_path / "cgroup"

    told.write_text(f"5:cpu:/one\n4:{kinds}:/one\n")
    assert group_bytes(told, tmp_path) == 1234
    told.write_text(f"4:{kinds}:/\n")
    assert group_bytes(told, tmp_path) is None


@pytest.mark.parametrize(("taken_s", "load", "is_met"), [(1.9, 0.5, True), (2.1, 0.5, False), (2.1, 99.0, None)])
def test_a_slow_start_is_missed_and_a_busy_machine_judges_nothing(
    taken_s: float, load: float, is_met: bool | None
) -> None:
    judged, beside = cold_start.figures_of("auth", [0.1, taken_s, 9.0], load)

    assert (judged.value, judged.met) == (taken_s, is_met)
    assert judged.note.startswith("skipped: the machine is busy") == (is_met is None)
    assert beside.value == load
