"""Canary, promotion, the way back: traffic moves by steps, and never to what these scripts did not deploy."""

import pytest

from operate.refusals import Exit
from tests.infra.scripts.operated import AUTH, Operated

AT_ONCE = ("--watch", "0")


def start_canary(operate: Operated) -> tuple[str, str]:
    """Deploy one revision, then another as a canary; return both."""
    stable = operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    ended = operate("canary", "auth", *AT_ONCE)
    assert ended.status == Exit.DONE, ended.err
    return stable, f"{AUTH}-222222222222"


def test_a_canary_gets_five_percent_then_twentyfive_then_all(operate: Operated) -> None:
    stable, tried = start_canary(operate)
    assert operate.serving(AUTH) == {stable: 95, tried: 5}
    steps: list[dict[str, int]] = []
    route = operate.runs.route
    operate.runs.route = lambda service, percents, kept: (steps.append(dict(percents)), route(service, percents, kept))  # type: ignore[assignment,func-returns-value]

    ended = operate("promote", "auth", *AT_ONCE)

    assert ended.status == Exit.DONE, ended.err
    assert steps == [{stable: 75, tried: 25}, {tried: 100}, {tried: 100}], "the last takes its address away"
    assert operate.serving(AUTH) == {tried: 100}


def test_a_canary_with_errors_is_23_and_both_are_named(operate: Operated) -> None:
    stable, tried = start_canary(operate)
    for status in (200, 200, 503):
        operate.world.log(AUTH, tried, httpRequest={"status": status})

    ended = operate("promote", "auth", *AT_ONCE)

    assert ended.status == Exit.CANARY
    assert stable in ended.err.splitlines()[-1] and tried in ended.err.splitlines()[-1]
    assert "1 of 3 requests ended with 5xx" in ended.err
    assert operate.serving(AUTH) == {stable: 100}


def test_errors_of_another_revision_or_below_the_gate_do_not_count(operate: Operated) -> None:
    stable, tried = start_canary(operate)
    operate.world.log(AUTH, stable, httpRequest={"status": 500})
    for number in range(200):
        operate.world.log(AUTH, tried, httpRequest={"status": 502 if number == 0 else 200})

    assert operate("promote", "auth", *AT_ONCE).status == Exit.DONE


def test_a_canary_that_stops_answering_is_taken_back(operate: Operated) -> None:
    stable, tried = start_canary(operate)
    operate.runs.servers[tried].RequestHandlerClass.answers["/api/ready"] = (503, {})  # type: ignore[attr-defined]

    ended = operate("promote", "auth", *AT_ONCE)

    assert ended.status == Exit.CANARY
    assert operate.serving(AUTH) == {stable: 100}


def test_a_canary_that_is_aborted_loses_traffic_and_address(operate: Operated) -> None:
    stable, _ = start_canary(operate)

    ended = operate("abort", "auth")

    assert ended.status == Exit.DONE, ended.err
    assert operate.serving(AUTH) == {stable: 100}
    assert all("tag" not in each for each in operate.world.run.services[AUTH]["status"]["traffic"])


def test_without_a_canary_there_is_nothing_to_promote_or_abort(operate: Operated) -> None:
    operate.deploy_auth("111111111111")

    for word in ("promote", "abort"):
        ended = operate(word, "auth")

        assert (ended.status, ended.changes) == (Exit.NO_REVISION, [])


def test_rollback_goes_to_the_one_before(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.deploy_auth("222222222222")

    ended = operate("rollback", "auth")

    assert ended.status == Exit.DONE, ended.err
    assert operate.serving(AUTH) == {first: 100}


def test_rollback_leaves_out_what_never_became_ready(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.machine.commit, operate.runs.problem = "222222222222", "The container failed to start."
    assert operate("deploy", "auth").status == Exit.NOT_READY
    operate.runs.problem = None
    operate.deploy_auth("333333333333")

    assert operate("rollback", "auth").status == Exit.DONE
    assert operate.serving(AUTH) == {first: 100}


def test_rollback_to_a_named_revision(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.deploy_auth("222222222222")
    operate.deploy_auth("333333333333")

    assert operate("rollback", "auth", "--to", first).status == Exit.DONE
    assert operate.serving(AUTH) == {first: 100}


@pytest.mark.parametrize("wrong", ["none before", "unknown", "foreign", "never deployed"])
def test_a_rollback_to_nothing_of_ours_is_30(operate: Operated, wrong: str) -> None:
    words = ["rollback", "auth"]
    if wrong != "never deployed":
        only = operate.deploy_auth("111111111111")
        if wrong == "unknown":
            words += ["--to", f"{AUTH}-999999999999"]
        if wrong == "foreign":
            operate.deploy_auth("222222222222")
            del operate.world.run.revisions[only]["metadata"]["labels"]["managed-by"]
            words += ["--to", only]

    ended = operate(*words)

    assert (ended.status, ended.changes) == (Exit.NO_REVISION, [])
    assert len(ended.err.strip().splitlines()) == 1


def test_a_rollback_never_picks_a_foreign_revision_by_itself(operate: Operated) -> None:
    only = operate.deploy_auth("111111111111")
    operate.deploy_auth("222222222222")
    del operate.world.run.revisions[only]["metadata"]["labels"]["managed-by"]

    assert operate("rollback", "auth").status == Exit.NO_REVISION


def test_a_rollback_across_a_contracting_migration_is_31(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    second = operate.deploy_auth("222222222222")
    operate.machine.migrations["src/emergence/auth/migrations/0099_x.sql"] = "ALTER TABLE users DROP COLUMN name;"

    refused = operate("rollback", "auth")
    assert (refused.status, refused.changes) == (Exit.SCHEMA, [])
    assert operate.serving(AUTH) == {second: 100}

    assert operate("rollback", "auth", "--accept-schema").status == Exit.DONE
    assert operate.serving(AUTH) == {first: 100}


def test_a_rollback_of_a_deployment_moves_again_with_the_next_one(operate: Operated) -> None:
    operate.deploy_auth("111111111111")
    operate.deploy_auth("222222222222")
    operate("rollback", "auth")

    third = operate.deploy_auth("333333333333")

    assert operate.serving(AUTH) == {third: 100}


def test_a_dry_run_moves_no_traffic(operate: Operated) -> None:
    start_canary(operate)

    for words in (("promote", "auth"), ("abort", "auth"), ("rollback", "auth")):
        assert operate(*words, "--dry-run").changes == []


def test_a_rollback_passes_over_what_never_had_the_traffic(operate: Operated) -> None:
    stable, _ = start_canary(operate)
    assert operate("abort", "auth").status == Exit.DONE
    operate.runs.wrong["/api/ready"] = (503, {})
    operate.machine.commit = "333333333333"
    assert operate("deploy", "auth").status == Exit.SMOKE
    operate.runs.wrong.clear()
    last = operate.deploy_auth("444444444444")
    assert operate.serving(AUTH) == {last: 100}

    assert operate("rollback", "auth").status == Exit.DONE
    assert operate.serving(AUTH) == {stable: 100}


def test_too_few_requests_are_23_where_some_are_wanted_and_told_else(operate: Operated) -> None:
    _, tried = start_canary(operate)
    operate.world.log(AUTH, tried, httpRequest={"status": 200})

    ended = operate("promote", "auth", *AT_ONCE, "--least-requests", "2")

    assert ended.status == Exit.CANARY
    assert "1 requests came to it, at least 2 must" in ended.err
    operate.machine.commit = "333333333333"
    assert "no request came to it" in operate("canary", "auth", *AT_ONCE).err


def test_a_first_deployment_as_canary_is_promoted_already(operate: Operated) -> None:
    assert operate("canary", "auth", *AT_ONCE).status == Exit.DONE

    ended = operate("promote", "auth", *AT_ONCE)

    assert ended.status == Exit.DONE
    assert "all the traffic already" in ended.err
    assert operate("promote", "auth", *AT_ONCE).status == Exit.NO_REVISION


def test_what_failed_keeps_no_address(operate: Operated) -> None:
    operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    operate.runs.wrong["/api/ready"] = (503, {})

    assert operate("deploy", "auth").status == Exit.SMOKE

    assert all("tag" not in each for each in operate.world.run.services[AUTH]["status"]["traffic"])
    assert operate("promote", "auth", *AT_ONCE).status == Exit.NO_REVISION
