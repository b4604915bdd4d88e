"""Whatever goes wrong while a canary gets its traffic: the traffic goes back, or stays as somebody else put it."""

import pytest

from operate.programs import Ended
from operate.refusals import Exit
from tests.infra.scripts.operated import AUTH, Operated
from tests.infra.scripts.test_traffic import AT_ONCE, start_canary


@pytest.mark.parametrize("trouble", ["no log", "odd answer", "broken off", "unforeseen"])
def test_whatever_goes_wrong_after_traffic_moved_takes_it_back(
    operate: Operated, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stable, tried = start_canary(operate)
    assert operate.serving(AUTH) == {stable: 95, tried: 5}
    if trouble == "no log":
        operate.machine.failing["gcloud logging"] = "ERROR: (gcloud.logging.read) UNAVAILABLE: try later"
    elif trouble == "odd answer":
        answers = operate.runs.servers[tried].RequestHandlerClass.answers  # type: ignore[attr-defined]
        answers["/api/ready"] = (503, {"dependencies": None})
    else:
        error = KeyboardInterrupt if trouble == "broken off" else RuntimeError
        monkeypatch.setattr("time.sleep", lambda _: (_ for _ in ()).throw(error))

    ended = operate("promote", "auth", "--watch", "1")

    ends = {"broken off": Exit.INTERRUPTED, "unforeseen": Exit.FAILED}
    assert ended.status == ends.get(trouble, Exit.CANARY), ended.err
    assert f"all traffic goes to {stable} again" in ended.err
    assert operate.serving(AUTH) == {stable: 100}
    assert all("tag" not in each for each in operate.world.run.services[AUTH]["status"]["traffic"])


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), "HTTPError 503"])
def test_a_move_that_is_broken_off_is_taken_back_too(operate: Operated, trouble: KeyboardInterrupt | str) -> None:
    stable, tried = start_canary(operate)
    run, broken = operate.machine.run, []

    def applies_then_breaks(words: list[str], *more: object) -> object:
        ended = run(words, *more)  # type: ignore[arg-type]
        if "update-traffic" in words and f"{tried}=25" in " ".join(words):
            broken.append(words)
            if isinstance(trouble, KeyboardInterrupt):
                raise trouble
            return Ended(1, "", f"ERROR: (gcloud.run.services.update-traffic) {trouble}")
        return ended

    operate.machine.run = applies_then_breaks  # type: ignore[method-assign, assignment]

    ended = operate("promote", "auth", *AT_ONCE)

    assert len(broken) == 1
    assert ended.status == (Exit.INTERRUPTED if isinstance(trouble, KeyboardInterrupt) else Exit.CANARY), ended.err
    assert operate.serving(AUTH) == {stable: 100}


def test_traffic_that_cannot_be_taken_back_is_23_with_the_way_out(operate: Operated) -> None:
    stable, tried = start_canary(operate)
    operate.world.log(AUTH, tried, httpRequest={"status": 500})
    replace = operate.machine.run

    def fails_later(words: list[str], *more: object) -> object:
        if "update-traffic" in words and f"{stable}=100" in " ".join(words):
            operate.machine.failing["gcloud run services update-traffic"] = "ERROR: UNAVAILABLE"
        return replace(words, *more)  # type: ignore[arg-type]

    operate.machine.run = fails_later  # type: ignore[method-assign, assignment]

    ended = operate("promote", "auth", *AT_ONCE)

    assert ended.status == Exit.CANARY
    assert f"--to {stable}" in ended.err


def test_what_somebody_else_did_with_the_traffic_stays(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    stable, _ = start_canary(operate)

    def somebody_rolls_back(_: float) -> None:
        operate.world.run.services[AUTH]["status"]["traffic"] = [{"revisionName": stable, "percent": 100}]

    monkeypatch.setattr("time.sleep", somebody_rolls_back)

    ended = operate("promote", "auth", "--watch", "1")

    assert ended.status == Exit.BUSY
    assert operate.serving(AUTH) == {stable: 100}
