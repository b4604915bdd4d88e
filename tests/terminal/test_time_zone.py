"""The terminal tells the zone of its machine by the name that the server may know."""

from pathlib import Path
from zoneinfo import TZPATH

import pytest

from emergence.contracts.time_zones import zone_named
from emergence.terminal.time_zone import local_time_zone

ZONES = next((Path(folder) for folder in TZPATH if (Path(folder) / "Europe/Paris").is_file()), None)
pytestmark = pytest.mark.skipif(ZONES is None, reason="this machine has no time zones")


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("Europe/Paris", "Europe/Paris"),
        (":Asia/Tokyo", "Asia/Tokyo"),
        ("CET-1CEST", None),
        ("../../../etc/passwd", None),
        ("Nowhere/Atlantis", None),
    ],
)
def test_the_environment_comes_first(named: str, told: str | None) -> None:
    assert local_time_zone({"TZ": named}) == told


def test_else_it_is_what_the_machine_is_set_to(tmp_path: Path) -> None:
    assert ZONES is not None
    link = tmp_path / "localtime"
    link.symlink_to(ZONES / "Pacific/Auckland")
    copied = tmp_path / "copied"
    copied.write_bytes((ZONES / "Pacific/Auckland").read_bytes())

    assert local_time_zone({}, link) in ("Pacific/Auckland", "NZ")
    assert local_time_zone({}, copied) is None
    assert local_time_zone({}, tmp_path / "none") is None


@pytest.mark.parametrize("name", [None, "Nowhere/Atlantis", "Europe", "localtime/nothing"])
def test_a_zone_that_is_not_known_is_utc(name: str | None) -> None:
    assert str(zone_named(name)) == "UTC"
