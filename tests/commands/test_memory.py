"""What `emergence memory` prints of what a search found."""

from uuid import uuid4

from emergence.commands.memory import _found
from emergence.contracts.memory.items import Found
from emergence.contracts.memory.recall import Since
from emergence.contracts.memory.turns import AskedTurn
from tests.memory.said_turns import THEN


def test_a_turn_that_is_so_no_longer_says_what_is() -> None:
    since = [
        Since(how="edited", at=THEN, text="What a nice day."),
        Since(how="corrected", at=THEN, text="Is called Tom"),
        Since(how="changed", at=THEN, text="Has no dog"),
    ]
    turn = AskedTurn(
        message=uuid4(), thread=uuid4(), role="user", speaker="", said_at=THEN, text="He is Rex.", since=since
    )

    lines = _found(Found(items=[], turns=[turn])).splitlines()

    assert lines[0].endswith("You: He is Rex.")
    assert [line.strip() for line in lines[1:]] == [
        "put later as “What a nice day.”", "you corrected it: “Is called Tom”", "no longer so: “Has no dog”"
    ]  # fmt: skip
