"""The next service, whose manifest the blueprint made, is deployed, tried, asked and gone back from like the others."""

import pytest

from operate.refusals import Exit
from tests.infra.scripts.machine import SERVICES
from tests.infra.scripts.operated import Operated
from tests.infra.scripts.scripted_service import TOKEN

CHAT = "emergence-chat-service"


@pytest.fixture
def with_chat(operate: Operated) -> Operated:
    """Commands where chat is a service of its own."""
    chat = SERVICES[1] | {"key": "chat", "name": CHAT, "serves": ["chat"], "account": "emergence-chat"}
    operate.machine.services = [*SERVICES[:2], chat, SERVICES[2]]
    accounts = [f"emergence-{key}" for key in ("auth", "session", "chat", "main")]
    operate.world.fill_secret("METRICS_TOKEN", TOKEN, *accounts)
    return operate


def test_it_is_deployed_tried_and_gone_back_from(with_chat: Operated) -> None:
    assert with_chat("deploy-all", "--yes").status == Exit.DONE
    (first,) = with_chat.serving(CHAT)
    with_chat.machine.commit = "222222222222"
    canary = with_chat("canary", "chat", "--watch", "0")
    promoted = with_chat("promote", "chat", "--watch", "0")
    asked = with_chat("test", "chat")
    rolled_back = with_chat("rollback", "chat", "--yes")

    ended = [canary, promoted, asked, rolled_back]
    assert [each.status for each in ended] == [Exit.DONE] * 4, [each.err for each in ended]
    assert asked.out.splitlines()[-1] == "5 passed, 0 failed"
    assert with_chat.serving(CHAT) == {first: 100}


@pytest.mark.parametrize("told", ["session", "gateway"])
def test_another_service_in_its_place_is_noticed(with_chat: Operated, told: str) -> None:
    with_chat.runs.wrong["/api/health"] = (200, {"status": "ok", "service": told})

    ended = with_chat("deploy", "chat")

    assert ended.status == Exit.SMOKE
    assert "/api/health is not chat's" in ended.err


def test_a_service_that_nobody_knows_is_not_asked(operate: Operated) -> None:
    ended = operate("test", "nope", "--url", "https://chat.example.org")

    assert (ended.status, ended.out) == (Exit.NOT_ASKED, "")
    assert "take one of auth, session, main" in ended.err
