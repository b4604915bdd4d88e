"""Secrets: made without a newline, granted one by one, rotated without ending what goes on, and never printed."""

import pytest

from operate.refusals import Exit
from operate.secret_values import problem_of
from tests.infra.scripts.google.world import ACCESSOR, Secret
from tests.infra.scripts.operated import JWT_SECRET, Operated

MEMBER = "serviceAccount:emergence-auth@emergence-demo.iam.gserviceaccount.com"


def test_missing_secrets_are_made_and_granted_to_their_readers_alone(
    operate: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    operate.world.secrets.clear()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1f2e3d\n")  # as `echo` leaves it

    ended = operate("secrets")

    assert ended.status == Exit.DONE, ended.err
    assert operate.world.secrets["OPENAI_API_KEY"].versions == [b"sk-test-1f2e3d"]
    made = operate.world.secrets["AUTH_JWT_SECRET"].versions[0]
    assert len(made) == 64 and made.strip() == made
    assert operate.world.secrets["AUTH_JWT_SECRET"].readers() == {MEMBER}
    assert len(operate.world.secrets["METRICS_TOKEN"].readers()) == 3
    assert "SMTP_HOST" not in operate.world.secrets
    assert made.decode() not in ended.out + ended.err and "sk-test" not in ended.out + ended.err
    assert operate("secrets-check").status == Exit.DONE


def test_making_them_again_changes_nothing(operate: Operated) -> None:
    assert operate("secrets").changes == []


def test_a_required_one_that_nobody_gives_is_2(operate: Operated) -> None:
    del operate.world.secrets["OPENAI_API_KEY"]

    ended = operate("secrets")

    assert ended.status == Exit.NOT_ASKED
    assert "OPENAI_API_KEY" in ended.err


def test_the_jwt_secret_is_made_once(operate: Operated) -> None:
    del operate.world.secrets["AUTH_JWT_SECRET"]

    assert operate("create-jwt-secret").status == Exit.DONE
    again = operate("create-jwt-secret")

    assert (again.status, again.changes) == (Exit.SECRET, [])
    assert operate("secrets-check").status == Exit.DONE


def test_rotating_takes_a_given_value_and_mends_a_newline(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    operate.world.secrets["OPENAI_API_KEY"].versions = [b"sk-old\n"]
    assert operate("secrets-check").status == Exit.SECRET
    monkeypatch.setenv("OPENAI_API_KEY", "sk-new")

    assert operate("secrets-rotate", "OPENAI_API_KEY", "--yes").status == Exit.DONE
    assert operate.world.secrets["OPENAI_API_KEY"].versions[-1] == b"sk-new"
    assert operate("secrets-check").status == Exit.DONE


def test_a_name_that_no_service_reads_is_not_rotated(operate: Operated) -> None:
    ended = operate("secrets-rotate", "ROOT_PASSWORD", "--yes")

    assert (ended.status, ended.changes) == (Exit.NOT_ASKED, [])


def test_a_secret_whose_versions_are_all_disabled_gets_another(operate: Operated) -> None:
    operate.world.secrets["AUTH_JWT_SECRET"].states = ["DISABLED"]

    assert operate("secrets").status == Exit.DONE
    assert operate.world.secrets["AUTH_JWT_SECRET"].states == ["DISABLED", "ENABLED"]


def test_a_dry_run_makes_no_secret(operate: Operated) -> None:
    operate.world.secrets["METRICS_TOKEN"] = Secret()

    ended = operate("secrets", "--dry-run")

    assert (ended.status, ended.changes) == (Exit.DONE, [])


def test_set_up_prepares_an_empty_project_and_is_idempotent(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1f2e3d")
    operate.world.apis.clear()
    operate.world.repositories.clear()
    operate.world.secrets.clear()

    ended = operate("setup")

    assert ended.status == Exit.DONE, ended.err
    assert operate.world.repositories == operate.world.immutable == {"emergence"}
    assert operate.world.accounts == {"emergence-auth", "emergence-session", "emergence-main"}
    assert operate.world.secrets["AUTH_JWT_SECRET"].policy["bindings"] == [{"role": ACCESSOR, "members": [MEMBER]}]
    assert operate("setup").changes == []
    assert operate("secrets-check").status == Exit.DONE


UNUSABLE = [
    ("OPENAI_API_KEY", "   "),
    ("OPENAI_API_KEY", "sk-1\nsk-2"),
    ("OPENAI_API_KEY", "sk-1\0"),
    ("OPENAI_API_KEY", "sk-1\x7f2"),
    ("OPENAI_API_KEY", "sk-1 "),
    ("OPENAI_API_KEY", "\tsk-1"),
    ("OPENAI_API_KEY", "sk-é"),
    ("METRICS_TOKEN", "jeton–5d1f"),
    ("SMTP_PASSWORD", "\ufeffun mot"),
    ("SMTP_PASSWORD", "é" * 32_769),
    ("DATABASE_URL", "not a url"),
    ("DATABASE_URL", "mysql://a:b@host/name"),
    ("DATABASE_URL", "postgresql://a:b@host:port/name"),
    ("DATABASE_URL", "postgresql://a:b@host"),
    ("DATABASE_URL", "postgresql:///name"),
    ("AUTH_DATABASE_URL", "10.0.0.3"),
]
USABLE = [
    ("OPENAI_API_KEY", "sk-1f2e"),
    ("SMTP_PASSWORD", "un mot de passe à moi"),
    ("SMTP_PASSWORD", "é" * 32_768),
    ("DATABASE_URL", "postgresql://a:b@10.0.0.3:5432/emergence"),
    ("DATABASE_URL", "postgresql://a:b@[::1]/emergence?sslmode=require"),
    ("DATABASE_URL", "postgresql://a:b@/emergence?host=/cloudsql/p:r:i"),
]


@pytest.mark.parametrize(("name", "value"), UNUSABLE)
def test_a_value_of_no_use_is_told_without_showing_it(name: str, value: str) -> None:
    problem = problem_of(name, value)

    assert problem is not None
    assert not value.strip() or value.strip() not in problem


@pytest.mark.parametrize(("name", "value"), USABLE)
def test_a_value_of_use_has_no_problem(name: str, value: str) -> None:
    assert problem_of(name, value) is None


@pytest.mark.parametrize("value", ["   ", "sk-1\nsk-2", "sk-1 "])
@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "AUTH_JWT_SECRET"])
def test_nothing_of_no_use_is_added(operate: Operated, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    rotated = operate("secrets-rotate", name, "--yes")
    del operate.world.secrets[name]
    made = operate("secrets")

    for ended in (rotated, made):
        assert (ended.status, ended.changes) == (Exit.SECRET, [])
        assert f"what was given for {name} " in ended.err and "nothing was changed" in ended.err
        assert "sk-1" not in ended.err


@pytest.mark.parametrize("kept", [b"sk-1\nsk-2", b"sk-1 ", b" "])
def test_a_value_of_no_use_is_found_before_a_deployment(operate: Operated, kept: bytes) -> None:
    operate.world.secrets["OPENAI_API_KEY"].versions = [kept]

    checked = operate("secrets-check")

    assert checked.status == Exit.SECRET and "OPENAI_API_KEY" in checked.err
    assert operate("deploy", "main").status == Exit.SECRET


def test_an_optional_secret_without_a_value_is_left_out_where_terraform_made_its_place(operate: Operated) -> None:
    operate.world.secrets["SMTP_HOST"] = Secret()
    operate.world.secrets["AUTH_JWT_SECRET_PREVIOUS"] = Secret()
    operate.world.fill_secret("AUTH_JWT_SECRET_PREVIOUS", JWT_SECRET, "emergence-auth")
    operate.world.secrets["AUTH_JWT_SECRET_PREVIOUS"].states = ["DISABLED"]

    looked = operate("secrets-check")
    deployed = operate("deploy", "auth")

    assert looked.status == Exit.DONE, looked.err
    assert "SMTP_HOST" not in looked.out and "PREVIOUS" not in looked.out
    assert deployed.status == Exit.DONE, deployed.err


def test_a_required_secret_without_a_value_is_refused_where_terraform_made_its_place(operate: Operated) -> None:
    operate.world.secrets["METRICS_TOKEN"] = Secret()

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.SECRET, [])
    assert "METRICS_TOKEN has no enabled version" in ended.err
