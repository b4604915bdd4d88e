"""How many instances there may be follows manifest, profile and rates; `blueprint.sh capacity` prints it."""

import json

import pytest

from blueprint.__main__ import main
from blueprint.capacity import capacity
from blueprint.connections import connections, max_connections


@pytest.mark.parametrize("profile", ["default", "seed"])
def test_the_widest_number_keeps_the_rule_of_connections_and_one_more_breaks_it(profile: str) -> None:
    most = capacity("session", profile, "prod")["most_by_connections"]
    listed = connections(profile)

    def held(instances: int) -> int:
        return sum(
            each["per_instance"] * (instances if each["service"] == "session" else each["instances"]) for each in listed
        )

    assert held(most) <= 0.8 * max_connections(profile) < held(most + 1)


def test_it_is_printed_as_json_by_profile(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capacity", "session", "--env", "prod", "--profile", "seed"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["most"], told["memory_mib"], told["least"]) == (20, 2048, 2)
    assert main(["capacity", "nobody", "--env", "prod"]) == 15
