"""What must be so after every fault: the same text everywhere, every command once, every run ended once."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.faults.ask_over_http import Refused
from tests.faults.cluster import Cluster
from tests.faults.device import Device, Json, Said

ENDED_WITHIN_S = 60.0
AGREED_WITHIN_S = 30.0
SAYING = ("message.send", "run.steer")
ENDED = {"done": "complete", "stopped": "stopped", "interrupted": "interrupted", "error": "error"}


@dataclass(frozen=True)
class Stored:
    """Everything that the database holds of one person's conversations."""

    messages: dict[str, Json]
    runs: dict[str, Json]
    frames: dict[str, list[Json]]
    last_seqs: dict[str, int]
    commands: dict[str, Json]
    bills: dict[str, Json]  # what chat has counted of each run

    def text(self, message: str) -> str:
        return "".join(part["text"] for part in self.messages[message]["parts"])

    def run_of(self, message: str) -> Json:
        return next(run for run in self.runs.values() if run["message_id"] == message)


async def assert_kept(cluster: Cluster, devices: Sequence[Device]) -> Stored:
    """Wait for the end of one person's runs, then compare database, every device, and every instance's REST."""
    stored = await _when_ended(cluster, devices[0].person.user_id)
    _check_frames(stored)
    _check_bills(stored)
    _check_commands(stored, [said for device in devices for said in device.said])
    await _agreement(stored, devices)
    for device in devices:
        assert device.broken == [], device
        await _check_rest(cluster, stored, device)
    return stored


def asked_of_model(cluster: Cluster, text: str) -> int:
    """Return how often the model was asked, and so paid, for an answer to `text`.

    Where nothing was answered in between it hears several questions as one turn, with blank lines.
    """
    last = [exchange.turns[-1] for exchange in cluster.models.exchanges if exchange.turns]
    return sum(role == "user" and said.split("\n\n")[-1] == text for role, said in last)


async def _when_ended(cluster: Cluster, user_id: str) -> Stored:
    connection = await asyncpg.connect(cluster.database_url)
    try:
        async with asyncio.timeout(ENDED_WITHIN_S):
            while unended := await connection.fetch(  # noqa: ASYNC110 - other processes do it
                """SELECT id, owner, lease_until, bill.id AS bill FROM session.runs AS run
                   LEFT JOIN chat.runs AS bill USING (id)
                   WHERE run.user_id = $1 AND (state <> 'ended' OR run.provider IS NOT NULL AND bill.id IS NULL)""",
                user_id,
            ):
                await asyncio.sleep(0.1)
        return await _read(connection, user_id)
    except TimeoutError:
        raise AssertionError(f"never ended: {unended}") from None
    finally:
        await connection.close()


async def _read(connection: "asyncpg.Connection[asyncpg.Record]", user_id: str) -> Stored:
    async def rows(table: str, schema: str = "session") -> list[Json]:
        found = await connection.fetch(
            f"SELECT to_jsonb(t)::text AS row FROM {schema}.{table} AS t WHERE user_id = $1", user_id
        )
        return [json.loads(row["row"]) for row in found]

    async with connection.transaction(isolation="repeatable_read"):
        frames: dict[str, list[Json]] = {}
        for row in sorted(await rows("frames"), key=lambda row: (row["topic"], row["seq"])):
            frames.setdefault(row["topic"], []).append(json.loads(row["frame"]))
        return Stored(
            messages={row["id"]: row for row in await rows("messages")},
            runs={row["id"]: row for row in await rows("runs")},
            frames=frames,
            last_seqs={row["topic"]: row["last_seq"] for row in await rows("topics")},
            commands={row["cid"]: row for row in await rows("commands")},
            bills={row["id"]: row for row in await rows("runs", "chat")},
        )


def _check_frames(stored: Stored) -> None:
    for topic, frames in stored.frames.items():
        assert [frame["seq"] for frame in frames] == list(range(1, stored.last_seqs[topic] + 1)), topic
    finals = Counter(
        frame["data"]["message"]["id"]
        for frames in stored.frames.values()
        for frame in frames
        if frame["type"] == "message.final"
    )
    for run_id, run in stored.runs.items():
        frames = stored.frames[f"run:{run_id}"]
        kinds = Counter(frame["type"] for frame in frames)
        said = "".join(frame["data"]["text"] for frame in frames if frame["type"] == "message.delta")
        message = stored.messages[run["message_id"]]
        assert (kinds["run.queued"], kinds["run.ended"], finals[run["message_id"]]) == (1, 1, 1), run
        assert frames[-1]["type"] == "run.ended"
        assert frames[-1]["data"]["reason"] == run["outcome"]
        assert message["status"] == ENDED[run["outcome"]]
        assert kinds["run.usage"] == (run["usage"] is not None) <= 1, run
        assert run["outcome"] != "done" or run["usage"], run
        assert said.encode() == stored.text(run["message_id"]).encode()


def _check_bills(stored: Stored) -> None:
    """Every run that a model was heard of is counted, with the very usage that was shown, and nothing else is."""
    assert stored.bills.keys() <= stored.runs.keys()
    for run_id, run in stored.runs.items():
        bill = stored.bills.get(run_id)
        assert bill is not None or run["provider"] is None, run
        if run["usage"] is not None:
            assert bill is not None
            shown = run["usage"] if isinstance(run["usage"], dict) else json.loads(run["usage"])
            for name in ("input_tokens", "output_tokens", "estimated"):
                assert shown[name] == bill[name], (run, bill)


def _check_commands(stored: Stored, said: Sequence[Said]) -> None:
    """Every acknowledged command is there once, and nothing is there that was not said."""
    acknowledged = [each for each in said if each.answer["type"] == "ack"]
    for each in acknowledged:
        kept = stored.commands[each.command["cid"]]["result"]
        for answer in (each.answer, *each.twice):
            assert _named(answer) == _named(kept), each
        assert all(answer["repeated"] for answer in each.twice), each
        if each.command["cmd"] in SAYING:
            assert stored.text(each.answer["message"]) == each.command["text"]
    sends = [each for each in acknowledged if each.command["cmd"] in SAYING]
    answers = sends + [each for each in acknowledged if each.command["cmd"] == "message.regenerate"]
    asked = [message for message in stored.messages.values() if message["role"] == "user"]
    assert sorted(m["id"] for m in asked) == sorted(each.answer["message"] for each in sends)
    assert sorted(stored.runs) == sorted(each.answer["run"] for each in answers)


def _named(answer: Json) -> dict[str, Any]:
    return {name: answer.get(name) for name in ("cid", "thread", "message", "reply", "run")}


async def _agreement(stored: Stored, devices: Sequence[Device]) -> None:
    for device in devices:
        try:
            await device.until(lambda device=device: not _differences(stored, device), "agreement", AGREED_WITHIN_S)
        except AssertionError as late:
            raise AssertionError(f"{_differences(stored, device)}; {late}") from None


def _differences(stored: Stored, device: Device) -> list[str]:
    """Return where a device shows something else than what is stored, or does not know it yet."""
    found = []
    for run_id, run in stored.runs.items():
        message, screen = run["message_id"], device.screen
        text = stored.text(message).encode()
        known = screen.messages.get(message)
        if known is None or screen.stored_text(message).encode() != text:
            found.append(f"message {message} is {None if known is None else screen.stored_text(message)!r}")
        elif known["status"] != stored.messages[message]["status"]:
            found.append(f"message {message} is {known['status']}")
        if message in screen.texts and screen.text(message).encode() != text:
            found.append(f"the shown text of {message} is {screen.text(message)!r}, not {text.decode()!r}")
        if f"run:{run_id}" in screen.positions and run_id not in screen.ended:
            found.append(f"run {run_id} has no end")
    for topic, seq in device.screen.positions.items():
        if not topic.startswith("run:") and seq != stored.last_seqs[topic]:
            found.append(f"{topic} stands at {seq}, not {stored.last_seqs[topic]}")
    return found


async def _check_rest(cluster: Cluster, stored: Stored, device: Device) -> None:
    for place in cluster.running():
        for thread in {message["thread_id"] for message in stored.messages.values()}:
            page = await _patiently(device, f"/api/threads/{thread}/messages?limit=200", place)
            for message in page["messages"]:
                text = "".join(part["text"] for part in message["parts"])
                assert text.encode() == stored.text(message["id"]).encode(), (place, message["id"])


async def _patiently(device: Device, path: str, place: str) -> Json:
    """Ask again while a connection of the instance's pool is one that the database ended."""
    for _ in range(20):
        try:
            return await device.read(path, place)
        except Refused:
            await asyncio.sleep(0.3)
    return await device.read(path, place)
