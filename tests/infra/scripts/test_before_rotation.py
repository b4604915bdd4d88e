"""Secrets whose other value would break something: told or refused before anything is changed."""

from typing import Any

import pytest

from operate.before_rotation import question_of
from operate.refusals import Exit
from tests.infra.scripts.machine import SERVICES
from tests.infra.scripts.operated import Operated

KEY, KEPT = "MEMORY_KEY_SECRET", "MEMORY_KEY_SECRET_PREVIOUS"
ROTATE = ("secrets-rotate", "EMERGENCE_SERVICE_SECRET", "--yes")


@pytest.fixture
def memory(operate: Operated) -> Operated:
    """Main seals memory's key with the secret of services, until it has one of its own."""

    def secrets(each: dict[str, Any]) -> dict[str, list[str]]:
        optional = [KEY, KEPT] if each["key"] == "main" else []
        return {
            "required": [*each["secrets"]["required"], "EMERGENCE_SERVICE_SECRET"],
            "optional": [*each["secrets"]["optional"], *optional],
        }

    operate.machine.services = [each | {"secrets": secrets(each)} for each in SERVICES]
    readers = ("emergence-auth", "emergence-session", "emergence-main")
    operate.world.fill_secret("EMERGENCE_SERVICE_SECRET", "5e" * 32, *readers)
    return operate


def test_the_secret_of_services_is_rotated_when_memory_serves_with_a_key_of_its_own(memory: Operated) -> None:
    assert memory("deploy", "main").status == Exit.DONE
    without = memory(*ROTATE)
    made = memory("secrets-rotate", KEY, "--yes")
    undeployed = memory(*ROTATE)
    memory.machine.commit = "444444444444"
    assert memory("deploy", "main").status == Exit.DONE
    ended = memory(*ROTATE)

    assert (without.status, without.changes, undeployed.status, undeployed.changes) == (13, [], 13, [])
    assert f"`make secrets-rotate NAME={KEY}`, then `make deploy-main`" in without.err
    assert "first `make deploy-main`" in undeployed.err
    assert made.status == ended.status == Exit.DONE, made.err + ended.err
    assert len(memory.world.secrets["EMERGENCE_SERVICE_SECRET"].versions) == 2
    assert KEPT not in memory.world.secrets, "the secret of services counts as the one before"


def test_no_traffic_goes_back_to_a_revision_that_cannot_open_the_key_any_more(memory: Operated) -> None:
    assert memory("deploy", "main").status == Exit.DONE
    assert memory("secrets-rotate", KEY, "--yes").status == Exit.DONE
    memory.machine.commit = "444444444444"
    assert memory("deploy", "main").status == Exit.DONE

    ended = memory("rollback", "main")

    assert (ended.status, ended.changes) == (Exit.SECRET, [])
    assert f"does not know the present {KEY}" in ended.err


def test_another_key_of_memory_keeps_the_one_before(memory: Operated) -> None:
    memory.world.fill_secret(KEY, "6f" * 32, "emergence-main")

    assert [memory("secrets-rotate", KEY, "--yes").status for _ in range(2)] == [Exit.DONE] * 2
    assert memory.world.secrets[KEPT].versions[-1] == b"6f" * 32


def test_a_new_project_gets_a_key_of_memory_and_one_with_data_does_not(
    memory: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1f2e3d")
    assert memory("secrets").status == Exit.DONE
    assert KEY not in memory.world.secrets, "the secret of services may have sealed something already"
    memory.world.secrets.clear()
    monkeypatch.setenv("EMERGENCE_SERVICE_SECRET", "5e" * 32)
    assert memory("secrets").status == Exit.DONE
    assert KEY not in memory.world.secrets, "it was brought along, and may have sealed something"
    memory.world.secrets.clear()
    monkeypatch.delenv("EMERGENCE_SERVICE_SECRET")

    assert memory("secrets").status == Exit.DONE
    assert len(memory.world.secrets[KEY].versions[0]) == 64


def test_what_is_lost_by_a_rotation_is_said_in_the_question() -> None:
    assert "provider key" in question_of("CHAT_KEY_SECRET") and "lost" in question_of("CHAT_KEY_SECRET")
    assert question_of("METRICS_TOKEN") == "Give METRICS_TOKEN another value?"
