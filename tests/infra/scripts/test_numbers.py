"""Numbers of a gate: what would let everything through, or is none, is refused before anything is asked."""

import pytest

from operate.refusals import Exit
from tests.infra.scripts.operated import Operated


@pytest.mark.parametrize(
    "words", [("--watch", "-5"), ("--watch", "nan"), ("--watch", "x"), ("--most-errors", "nan"), ("--most-errors", "2"),
              ("--least-requests", "-1"), ("--least-requests", "x")],
)  # fmt: skip
def test_numbers_that_let_everything_through_are_refused(
    operate: Operated, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    operate.deploy_auth("111111111111")
    with pytest.raises(SystemExit) as ended:
        operate("canary", "auth", *words)
    assert ended.value.code == Exit.NOT_ASKED
    assert "no number" in capsys.readouterr().err
