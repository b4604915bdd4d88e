"""Frames on the wire are what the contract says."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.contracts.session.commands import ANY_COMMAND
from emergence.contracts.session.frames import ANY_FRAME, Delta
from emergence.contracts.session.threads import MessagePage
from emergence.session.frames import DeltaFields, logged_delta, logged_frame
from tests.session.live_client import Screen, ShownText

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.jsonl"))


@given(st.text(), st.integers(0, 10**9), st.integers(1, 10**9))
def test_the_fast_delta_is_the_contracts_delta(text: str, offset: int, seq: int) -> None:
    frame = logged_delta(f"run:{uuid4()}", seq, datetime.now(UTC), DeltaFields(uuid4(), 0, offset, text))

    read = ANY_FRAME.validate_json(frame.json)

    assert isinstance(read, Delta)
    assert json.loads(read.model_dump_json()) == json.loads(frame.json)
    assert (read.data.text, read.data.offset, read.seq, read.topic) == (text, offset, seq, frame.topic)
    assert frame.span is not None
    assert frame.span.end == offset + len(text)
    assert logged_frame(frame.topic, seq, frame.type, frame.json) == frame


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_golden_transcripts_fit_the_contract_and_the_clients_rule(path: Path) -> None:
    screen = Screen()
    for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if "client" in line:
            ANY_COMMAND.validate_python(line["client"])
        if "server" in line:
            ANY_FRAME.validate_python(line["server"])
            screen.show(line["server"])
        if "stored" in line:
            MessagePage.model_validate(line["stored"]["page"])
            for message in line["stored"]["page"]["messages"]:
                text = "".join(part["text"] for part in message["parts"])
                if message["role"] == "agent":
                    screen.texts.setdefault(message["id"], ShownText()).snapshot(text)
    assert GOLDEN
