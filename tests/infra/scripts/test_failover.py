"""The second region takes over in order, goes on where it was broken off, and never without being told by its name."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from operate.refusals import Exit
from operate.standby import LAG
from tests.infra.scripts.google.server import google
from tests.infra.scripts.operated import Operated
from tests.infra.scripts.second_region import (
    FIRST,
    KEYS,
    NEW,
    PASSWORD,
    REPLICA,
    SECOND,
    asked_regions,
    figure,
    stand_by,
    take_over,
)


@pytest.fixture
def standing_by(operate: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    """A replica, a load balancer, subscriptions, and services that were deployed to the second region."""
    stand_by(operate)
    monkeypatch.setenv("STANDBY_REGION", SECOND)
    monkeypatch.setenv("BUS", "pubsub")
    with google(operate.world, tmp_path) as environ:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{environ['CLOUDSDK_PROXY_PORT']}")
        name = "CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING"
        monkeypatch.setenv(name, environ[name])
        deployed = operate("deploy-standby")
        assert deployed.status == Exit.DONE, deployed.err
        assert operate.machine.options["--standby"] == ["yes"], "they keep no instance"
        yield operate


def test_everything_moves_in_order_and_what_was_lost_and_how_long_it_took_is_told(standing_by: Operated) -> None:
    standing_by.machine.ran.clear()

    ended = take_over(standing_by)

    assert ended.status == Exit.DONE, ended.err
    kinds = [change.split()[0] + " " + change.split()[1] for change in ended.changes]
    assert kinds[:3] == ["patch emergence", f"promote {REPLICA}", "add version"]
    assert ended.changes[0].endswith("NEVER"), "nobody may write to what is left behind"
    assert kinds.index("backend emergence-auth") > kinds.index("PUT service"), "traffic last, to what answered"
    assert standing_by.world.secrets["DATABASE_URL"].versions[-1].decode() == (
        f"postgresql://emergence:{PASSWORD}@{NEW}:5432/emergence?sslmode=require"
    )
    assert asked_regions(standing_by) == {f"emergence-{key}": [SECOND] for key in KEYS}
    for key in ("auth", "session"):
        push = standing_by.world.subscriptions[f"emergence-events-{key}"]["pushConfig"]
        assert push["pushEndpoint"] == push["oidcToken"]["audience"]
        assert f".{SECOND}.run.app/api/{key}/" in push["pushEndpoint"]
    assert re.search(r"^RPO: at most 3[0-9] s of writes are lost \(2\.5 s behind 3[0-9] s ago", ended.out, re.MULTILINE)
    assert re.search(r"^RTO: \d+ s", ended.out, re.MULTILINE)
    assert PASSWORD not in ended.out + ended.err


def test_services_get_the_new_address_and_are_deployed_in_the_second_region_alone(standing_by: Operated) -> None:
    standing_by.machine.ran.clear()

    assert take_over(standing_by).status == Exit.DONE

    assert "--standby" not in standing_by.machine.options, "from now on with the sizes of a region that serves"
    assert standing_by.machine.built() == [], "the image is the one that stood by"
    regions = {
        word for words in standing_by.machine.ran if words[1:2] == ["run"] for word in words if "--region=" in word
    }
    assert regions == {f"--region={SECOND}"}
    for service in standing_by.world.run.services.values():
        env = service["spec"]["template"]["spec"]["containers"][0]["env"]
        [key] = [each["valueFrom"]["secretKeyRef"]["key"] for each in env if each["name"] == "DATABASE_URL"]
        assert key == "2"


@pytest.mark.parametrize("confirmed", ["", FIRST, "yes"])
def test_without_its_name_nothing_is_changed(standing_by: Operated, confirmed: str) -> None:
    ended = standing_by("failover", "--confirm", confirmed)

    assert (ended.status, ended.changes) == (Exit.NOT_ASKED, [])
    assert f"CONFIRM={SECOND}" in ended.err
    assert "replica of emergence, RUNNABLE, 2.5 s behind" in ended.err, "whoever decides sees how things are"


def no_region(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STANDBY_REGION")


def same_region(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDBY_REGION", FIRST)


def no_replica(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    del operate.world.databases[REPLICA]


def not_deployed(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    del operate.world.run.services["emergence-session-service"]


def far_behind(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    operate.world.series[LAG] = figure(280.0)


def old_figure(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    operate.world.series[LAG] = figure(0.0, timedelta(minutes=10))


def no_figure(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    operate.world.series[LAG] = []


def no_private_address(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    operate.world.sql_address_type = "PRIMARY"


def address_of_another(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    operate.world.secrets["DATABASE_URL"].add(b"postgresql://me:secret@db.example.org/emergence")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_region, "STANDBY_REGION is not set"),
        (same_region, "must be another region"),
        (no_replica, "there is no Cloud SQL instance emergence-standby"),
        (not_deployed, "make deploy-standby"),
        (far_behind, "300 s are allowed"),
        (old_figure, "300 s are allowed"),
        (no_figure, "nobody knows how far"),
        (no_private_address, "no private address"),
        (address_of_another, "leads to neither database"),
    ],
)
def test_what_cannot_take_over_is_34_and_nothing_is_changed(
    standing_by: Operated, monkeypatch: pytest.MonkeyPatch, spoil: object, said: str
) -> None:
    assert callable(spoil)
    spoil(standing_by, monkeypatch)

    ended = take_over(standing_by)

    assert (ended.status, ended.changes) == (Exit.STANDBY, []), ended.err
    assert said in ended.err and len(ended.err.strip().splitlines()) == 1
    if spoil is not address_of_another:
        assert standing_by("failover-status").status == Exit.STANDBY


def test_more_may_be_lost_where_that_is_said(standing_by: Operated) -> None:
    standing_by.world.series[LAG] = figure(280.0)

    assert take_over(standing_by, "--most-loss", "600").status == Exit.DONE


def test_the_status_says_how_things_are_and_changes_nothing(standing_by: Operated) -> None:
    ended = standing_by("failover-status")

    assert (ended.status, ended.changes) == (Exit.DONE, []), ended.err
    assert f"database  emergence                    {FIRST}   RUNNABLE" in ended.out.splitlines()
    assert f"traffic   emergence-auth               {FIRST}" in ended.out.splitlines()


def test_a_dry_run_says_the_words_and_changes_nothing(standing_by: Operated) -> None:
    ended = take_over(standing_by, "--dry-run")

    assert (ended.status, ended.changes) == (Exit.DONE, []), ended.err
    for words in ("--activation-policy=NEVER", f"promote-replica {REPLICA}", "add-backend", "modify-push-config"):
        assert words in ended.err


@pytest.mark.parametrize(
    ("broken", "step"),
    [
        ("gcloud sql instances promote-replica", "promote the replica"),
        ("gcloud secrets versions add", "point services at it"),
        ("gcloud run services replace", "start services"),
        ("gcloud compute backend-services add-backend", "move the traffic"),
        ("gcloud pubsub subscriptions modify-push-config", "move the events"),
    ],
)
def test_broken_off_it_is_24_and_goes_on_there(standing_by: Operated, broken: str, step: str) -> None:
    standing_by.machine.failing[broken] = "ERROR: UNAVAILABLE: try later"
    first = take_over(standing_by)

    assert first.status == Exit.PARTIAL, first.err
    assert re.search(rf"^{step} +failed$", first.out, re.MULTILINE)
    assert f"`make failover CONFIRM={SECOND}` goes on there" in first.err

    standing_by.machine.failing.clear()
    standing_by.world.series[LAG] = []  # once it is promoted there is no such figure any more
    if step == "promote the replica":
        standing_by.world.series[LAG] = figure(2.5)
    second = take_over(standing_by)

    assert second.status == Exit.DONE, second.err
    assert asked_regions(standing_by) == {f"emergence-{key}": [SECOND] for key in KEYS}
    whole = first.changes + second.changes
    assert sum(change == f"promote {REPLICA}" for change in whole) == 1
    assert len(standing_by.world.secrets["DATABASE_URL"].versions) == 2
    third = take_over(standing_by)
    assert (third.status, third.changes) == (Exit.DONE, []), "done, it changes nothing any more"


def test_a_region_that_is_away_stops_nothing_and_its_database_is_stopped_when_it_is_back(standing_by: Operated) -> None:
    standing_by.machine.failing["gcloud sql instances patch"] = "ERROR: UNAVAILABLE: the region is away"
    ended = take_over(standing_by)

    assert ended.status == Exit.DONE, ended.err
    assert "emergence could not be stopped" in ended.err
    back = standing_by("failover-status")
    assert back.status == Exit.STANDBY and "emergence still runs" in back.err

    standing_by.machine.failing.clear()
    assert take_over(standing_by).changes == ["patch emergence NEVER"]
    assert standing_by("failover-status").status == Exit.DONE


def test_whoever_may_not_stop_the_former_database_does_not_promote_a_second_one(standing_by: Operated) -> None:
    standing_by.machine.failing["gcloud sql instances patch"] = "ERROR: PERMISSION_DENIED"

    ended = take_over(standing_by)

    assert (ended.status, ended.changes) == (Exit.PARTIAL, [])


def test_without_a_load_balancer_mains_new_address_is_told(standing_by: Operated) -> None:
    standing_by.world.backends.clear()

    ended = take_over(standing_by)

    assert ended.status == Exit.DONE, ended.err
    assert "no load balancer; browsers find main at" in ended.err


def test_two_changes_at_once_are_40(standing_by: Operated, tmp_path: Path) -> None:
    import fcntl

    with (tmp_path / "emergence" / f"emergence-demo-{FIRST}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        assert take_over(standing_by).status == Exit.BUSY
