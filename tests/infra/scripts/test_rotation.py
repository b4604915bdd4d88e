"""AUTH_JWT_SECRET changes in two deployed steps: whatever serves, or is gone back to, knows what sealed its data."""

from datetime import timedelta

import pytest

from operate.refusals import Exit
from tests.infra.scripts.operated import AUTH, JWT_SECRET, Ended, Operated

MEMBER = "serviceAccount:emergence-auth@emergence-demo.iam.gserviceaccount.com"
NAME, KEPT = "AUTH_JWT_SECRET", "AUTH_JWT_SECRET_PREVIOUS"


def rotate(operate: Operated, *words: str) -> Ended:
    return operate("secrets-rotate", NAME, "--yes", *words)


def known_to(operate: Operated, revision: str) -> tuple[bytes | None, bytes | None]:
    """Return the value that a revision runs with, and the one beside it."""
    env = operate.world.run.revisions[revision]["spec"]["containers"][0]["env"]
    pinned = {each["name"]: each["valueFrom"]["secretKeyRef"]["key"] for each in env if "valueFrom" in each}
    return tuple(  # type: ignore[return-value]
        operate.world.secrets[name].versions[int(pinned[name]) - 1] if name in pinned else None for name in (NAME, KEPT)
    )


def rotated(operate: Operated) -> list[str]:
    """Rotate whole, deploying each step; return the three revisions."""
    revisions = [operate.deploy_auth("1" * 12)]
    for commit in ("2" * 12, "3" * 12):
        ended = rotate(operate)
        assert ended.status == Exit.DONE, ended.err
        revisions.append(operate.deploy_auth(commit))
    return revisions


def test_at_each_step_old_and_new_revisions_know_what_the_other_seals_with(operate: Operated) -> None:
    first, second, third = rotated(operate)

    old = JWT_SECRET.encode()
    new = operate.world.secrets[NAME].versions[-1]
    assert new != old
    assert [known_to(operate, each) for each in (first, second, third)] == [(old, None), (old, new), (new, old)]
    assert operate.world.secrets[KEPT].readers() == {MEMBER}


def test_each_step_says_what_comes_next_and_no_value(operate: Operated) -> None:
    operate.deploy_auth("1" * 12)
    one = rotate(operate)
    operate.deploy_auth("2" * 12)
    two = rotate(operate)

    assert one.err.startswith("1/2") and "make deploy-auth" in one.err
    assert "2/2" in two.err and "30 days" in two.err
    for value in (*operate.world.secrets[NAME].versions, *operate.world.secrets[KEPT].versions):
        assert value.decode() not in one.out + one.err + two.out + two.err


@pytest.mark.parametrize("step", [1, 2])
def test_a_step_that_was_not_deployed_is_not_followed_by_another(operate: Operated, step: int) -> None:
    operate.deploy_auth("1" * 12)
    assert rotate(operate).status == Exit.DONE
    if step == 2:
        operate.deploy_auth("2" * 12)
        assert rotate(operate).status == Exit.DONE

    ended = rotate(operate, "--early")

    assert (ended.status, ended.changes) == (Exit.SECRET, [])
    assert "make deploy-auth" in ended.err


def test_the_value_before_is_kept_for_thirty_days_unless_somebody_insists(operate: Operated) -> None:
    rotated(operate)
    ended = rotate(operate)
    assert (ended.status, ended.changes) == (Exit.SECRET, [])
    assert "new password by mail" in ended.err

    kept = operate.world.secrets[KEPT]
    kept.created[-1] -= timedelta(days=31)
    assert rotate(operate).status == Exit.DONE
    assert kept.versions[-1] not in operate.world.secrets[NAME].versions


def test_who_insists_need_not_wait(operate: Operated) -> None:
    rotated(operate)

    assert rotate(operate, "--early").status == Exit.DONE


def test_traffic_goes_back_to_what_knows_both_and_not_to_what_does_not(operate: Operated) -> None:
    first, second, _ = rotated(operate)

    refused = operate("rollback", "auth", "--to", first, "--yes")
    allowed = operate("rollback", "auth", "--to", second, "--yes")

    assert refused.status == Exit.SECRET, refused.err
    assert "was rotated since" in refused.err and JWT_SECRET not in refused.err
    assert allowed.status == Exit.DONE, allowed.err
    assert operate.serving(AUTH) == {second: 100}


@pytest.mark.parametrize("is_deployed", [True, False])
def test_a_value_that_is_there_already_is_refused(
    operate: Operated, monkeypatch: pytest.MonkeyPatch, *, is_deployed: bool
) -> None:
    if is_deployed:
        operate.deploy_auth("1" * 12)
    monkeypatch.setenv(NAME, JWT_SECRET)  # as the migration guide has it exported

    ended = rotate(operate)

    assert (ended.status, ended.changes) == (Exit.SECRET, [])
    assert "unset it first" in ended.err and JWT_SECRET not in ended.err
