"""The measurements of the deployment miss their targets when what they look at is wrong."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bench.deployment import PARTS, conditions_of
from bench.instruments import cold_start, ended_database, moved_clients, rolled_back
from bench.instruments.ended_database import TOLD, WELL, Outage, Seen, kind_of, summed_up
from bench.instruments.ground import Ground, find_ground, group_bytes
from bench.instruments.idle_sockets import Held, figures_of
from bench.instruments.kept_words import Heard, Lost, Stored, lost_of
from bench.instruments.moved_clients import Moved
from bench.instruments.report import Figure, NotMeasured
from bench.instruments.rolled_back import Visits
from bench.instruments.streaming_clients import Asked
from tests.faults.faithful_screen import FaithfulScreen

MB = 1_000_000
COUNTED = ("unanswered", "lost_questions", "doubled", "lost_answers", "endless")
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


def test_images_are_refused_where_a_part_has_none() -> None:
    with pytest.raises(NotMeasured, match="starts processes"):
        PARTS["rollback"].ground("images")


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


ACK = {"message": "m", "reply": "r", "run": "1", "thread": "t"}
STORED = Stored({"m": "Go on", "r": "once upon"}, {"Go on": 1}, {"1": "done"})


def heard(*pieces: tuple[int, str]) -> FaithfulScreen:
    """Return the screen of a client that heard these deltas of its answer."""
    screen = FaithfulScreen()
    for seq, (offset, text) in enumerate(pieces, start=1):
        data = {"message": "r", "part": 0, "offset": offset, "text": text}
        screen.show({"type": "message.delta", "topic": "run:1", "seq": seq, "data": data})
    return screen


WHOLE = heard((0, "once"), (4, " upon"))


def lost(stored: Stored = STORED, screen: FaithfulScreen = WHOLE, asked: Asked | None = None) -> Lost:
    return lost_of(stored, [Heard(screen, [asked or Asked("Go on", ACK, "once")])])


def test_what_is_stored_as_it_was_asked_and_shown_is_not_lost() -> None:
    assert lost() == Lost()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (lost(screen=heard((0, "once"))), Lost(answers=1)),
        (lost(screen=heard((0, "once"), (9, " a time"))), Lost(answers=1)),
        (lost(asked=Asked("Go on", ACK, "once upon a")), Lost(answers=1)),
        (lost(asked=Asked("Go on")), Lost(unanswered=1)),
        (lost(replace(STORED, texts={"m": "Go", "r": "once upon"})), Lost(questions=1)),
        (lost(replace(STORED, texts={"m": "Go on"})), Lost(answers=1)),
        (lost(replace(STORED, questions={"Go on": 2})), Lost(doubled=1)),
        (lost(replace(STORED, outcomes={"1": None})), Lost(endless=1)),
        (lost(STORED.cut()), Lost(questions=1, answers=1)),
    ],
    ids=["unheard", "gap", "unwritten", "unanswered", "other words", "no answer", "twice", "endless", "cut"],
)
def test_what_is_lost_is_counted_for_what_it_is(found: Lost, expected: Lost) -> None:
    assert found == expected


MOVED = Moved(2, [0.5, 0.7], [0.4, 0.6], Lost(), Lost(answers=2), ["done", "interrupted"], gone_s=3.0)


@pytest.mark.parametrize(
    ("moved", "names"),
    [
        (MOVED, set()),
        (replace(MOVED, back_s=[0.5, 6.0], away_s=[0.4, 6.0]), {"killed_away_max", "killed_back_last"}),
        (replace(MOVED, back_s=[0.5]), {"killed_back"}),
        (replace(MOVED, gone_s=10.5), {"killed_gone"}),
        (replace(MOVED, back_s=[], away_s=[]), {"killed_away_max", "killed_back_last", "killed_back"}),
        (replace(MOVED, lost=Lost(1, 1, 1, 1, 1)), {f"killed_{name}" for name in COUNTED}),
    ],
)
def test_who_is_late_or_lost_something_misses_the_target(moved: Moved, names: set[str]) -> None:
    assert missed(moved_clients.figures_of("killed", moved, load=0.5)) == names


def test_clients_that_lose_nothing_though_they_do_not_resume_are_a_fault_of_the_check() -> None:
    losing = replace(MOVED, lost=Lost(answers=1))

    assert missed(moved_clients.noticed("killed", MOVED, losing)) == set()
    assert missed(moved_clients.noticed("killed", replace(MOVED, cut=Lost()), MOVED)) == {
        "killed_forgetful_noticed",
        "killed_unwritten_noticed",
    }


ROWS = [uuid4() for _ in range(3)]


def seen(*answers: tuple[float, str], rows: list[UUID] = ROWS) -> Seen:
    """Return what writers saw of a database that was killed at second 10; auth was never away."""
    return Seen(set(rows), said=len(rows), answers={"auth": [(10.5, WELL)], "session": list(answers)})


def outage(found: Seen, restarts: int = 0) -> Outage:
    return summed_up(found, ROWS, killed_s=10.0, restarts=restarts)


AWAY_AND_BACK = ((9.0, WELL), (11.0, TOLD), (12.5, WELL))


def test_an_outage_that_loses_nothing_and_is_told_meets_every_target() -> None:
    found = outage(seen(*AWAY_AND_BACK))

    assert missed(ended_database.figures_of(found, load=0.5)) == set()
    assert found.back_s["session"] == 2.5


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (outage(seen(*AWAY_AND_BACK, rows=[*ROWS, uuid4()])), "missing"),
        (outage(seen(*AWAY_AND_BACK, rows=ROWS[:2])), "doubled"),
        (outage(seen((11.0, TOLD), (11.5, "500"), (12.0, WELL))), "other"),
        (outage(seen((11.0, TOLD), (11.5, "no answer"), (12.0, WELL))), "other"),
        (outage(seen((9.0, WELL), (12.0, WELL))), "told"),
        (outage(seen((11.0, TOLD), (20.5, WELL))), "back_session"),
        (outage(seen((11.0, WELL), (12.0, TOLD))), "back_session"),
        (outage(seen(*AWAY_AND_BACK), restarts=1), "restarts"),
    ],
)
def test_an_outage_that_loses_or_says_something_wrong_misses_its_target(found: Outage, name: str) -> None:
    assert missed(ended_database.figures_of(found, load=0.5)) == {f"database_{name}"}


def test_a_service_that_never_answered_is_not_back() -> None:
    assert {"database_told", "database_back_session"} == missed(ended_database.figures_of(outage(seen()), load=0.5))


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [(201, {}, WELL), (503, {"Retry-After": "2"}, TOLD), (503, {}, "503"), (500, {"Retry-After": "2"}, "500")],
)
def test_only_a_503_that_says_when_to_come_back_is_told(status: int, headers: dict[str, str], kind: str) -> None:
    assert kind_of(status, headers) == kind


OLD, NEW = {"emergence-auth-service-111111111111"}, {"emergence-auth-service-222222222222"}


@pytest.mark.parametrize(
    ("taken_s", "after", "idle", "statuses", "names"),
    [
        (4.0, OLD, NEW, [200, 200], set()),
        (61.0, OLD, NEW, [200, 200], {"rollback"}),
        (4.0, NEW, NEW, [200, 200], {"rollback_back"}),
        (4.0, OLD | NEW, NEW, [200, 200], {"rollback_back"}),
        (4.0, set(), NEW, [200, 200], {"rollback_back"}),
        (4.0, OLD, NEW, [200, 503, 0], {"rollback_failed"}),
        (4.0, OLD, OLD, [200, 200], {"rollback_idle_noticed"}),
    ],
)
def test_a_rollback_that_is_late_or_none_is_noticed(
    taken_s: float, after: set[str], idle: set[str], statuses: list[int], names: set[str]
) -> None:
    assert missed(rolled_back.figures_of(taken_s, after, idle, Visits(statuses), load=0.5)) == names
