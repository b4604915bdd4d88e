"""What an operator types: look, check, migrate, print; each says one clear thing and no secret."""

import json
import os
import socket
from pathlib import Path

import pytest

from tests.journeys.deployment import free_ports
from tests.journeys.program import Done, plain_environ, run_command
from tests.pubsub_emulator import PubsubEmulator

STRONG = "9c1f0b7e5d3a48261f70c9b8a7d6e5f40312"
SECRETS = {
    "EMERGENCE_SERVICE_SECRET": STRONG,
    "AUTH_JWT_SECRET": "5e1d0c9b8a7f6e4d3c2b1a0f9e8d7c6b5a49",
    "CHAT_KEY_SECRET": "77e1d0c9b8a7f6e4d3c2b1a0f9e8d7c6b5a4",
    "ANTHROPIC_API_KEY": "sk-ant-do-not-print-me",
    "METRICS_TOKEN": "metrics-do-not-print-me",
    "DATABASE_URL": "postgresql://me:password-do-not-print-me@127.0.0.1:9/none",
}
MIGRATED = ("auth", "memory", "chat", "session", "bus")
PUBLIC = {"EMERGENCE_PUBLIC_URL": "https://chat.example.org"}


async def doctor(folder: Path, **more: str) -> tuple[Done, dict[str, list[dict[str, str]]]]:
    """Run the doctor and return what it said with its findings by subject."""
    (port,) = free_ports(1)
    environ = plain_environ(**({"EMERGENCE_DATA_DIR": str(folder), "EMERGENCE_PORT": str(port)} | more))
    done = await run_command(("doctor", "--json"), environ)
    findings: dict[str, list[dict[str, str]]] = {}
    for finding in json.loads(done.out):
        findings.setdefault(finding["subject"], []).append(finding)
    return done, findings


async def test_the_doctor_finds_a_machine_well(tmp_path: Path) -> None:
    done, findings = await doctor(tmp_path / "data")

    problems = [each for listed in findings.values() for each in listed if each["verdict"] == "problem"]
    assert {each["subject"] for each in problems} <= {"web client", "disk"}, problems
    assert {"python", "processor", "data folder", "port", "PostgreSQL", "built-in model", "settings"} <= set(findings)
    assert done.err == ""


async def test_the_doctor_says_which_port_is_taken_and_what_to_set(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        done, findings = await doctor(tmp_path, EMERGENCE_PORT=str(holder.getsockname()[1]))

    (finding,) = findings["port"]
    assert (done.status, finding["verdict"]) == (1, "problem")
    assert str(holder) not in done.out
    assert "EMERGENCE_PORT" in finding["mend"]


async def test_the_doctor_says_which_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done, findings = await doctor(tmp_path / "file")

    (finding,) = findings["data folder"]
    assert (done.status, finding["verdict"]) == (1, "problem")
    assert "EMERGENCE_DATA_DIR" in finding["mend"]
    assert "Traceback" not in done.said


async def test_the_doctor_names_broken_settings_and_a_database_that_is_away(tmp_path: Path) -> None:
    done, findings = await doctor(
        tmp_path, **{**SECRETS, "CHAT_BUILTIN_MODEL": "perhaps", "EMERGENCE_SERVICE_SECRET": "changeme"}
    )

    facts = "\n".join(each["fact"] for each in findings["settings"])
    assert done.status == 1
    assert "CHAT_BUILTIN_MODEL: must be true or false" in facts
    assert "EMERGENCE_SERVICE_SECRET: must be at least 32 bytes" in facts
    assert findings["database"][0]["verdict"] == "problem"
    assert not any(value in done.said for value in SECRETS.values())
    assert "do-not-print-me" not in done.said


async def test_the_doctor_on_a_terminal_says_how_to_mend() -> None:
    done = await run_command(("doctor",), plain_environ(EMERGENCE_DATA_DIR="/dev/null/data"))

    assert done.status == 1
    assert "[ FAIL ] data folder" in done.out
    assert "→ Set EMERGENCE_DATA_DIR" in done.out


@pytest.mark.parametrize("words", [("settings",), ("settings", "--json")])
async def test_settings_are_printed_without_secrets(words: tuple[str, ...]) -> None:
    done = await run_command(words, plain_environ(LOG_LEVEL="DEBUG", **SECRETS, **PUBLIC))

    assert done.status == 0
    assert all(name in done.out for name in SECRETS)
    assert "(set, hidden)" in done.out
    assert "do-not-print-me" not in done.said
    assert not any(value in done.said for value in SECRETS.values())


async def test_settings_are_those_of_up_or_of_serve() -> None:
    shown = [
        {setting["name"]: setting["shown"] for setting in json.loads(done.out)}
        for words in (("settings", "--json"), ("settings", "--json", "--serve"))
        for done in [await run_command(words, plain_environ(LOG_FORMAT="json"))]
    ]

    names = ("EMERGENCE_ENV", "AUTH_CLAIM", "LOG_FORMAT", "AUTH_JWT_SECRET")
    assert [[each[name] for name in names] for each in shown] == [
        ["local", "loopback", "json", "(provided by `emergence up`)"],
        ["production", "code", "json", "(not set)"],
    ]


async def test_settings_that_cannot_be_used_are_printed_and_named() -> None:
    done = await run_command(
        ("settings",), plain_environ(**SECRETS | {"DATABASE_URL": "mysql://me:do-not-print-me@h/d"})
    )

    assert done.status == 1
    assert "DATABASE_URL: must be a PostgreSQL address" in done.said
    assert "do-not-print-me" not in done.said


async def test_migrating_twice_changes_nothing_the_second_time(database_url: str) -> None:
    environ = plain_environ(DATABASE_URL=database_url)

    first = await run_command(("migrate",), environ)
    second = await run_command(("migrate",), environ)

    assert (first.status, second.status) == (0, 0)
    assert [line.partition(":")[0] for line in first.out.splitlines()] == [*MIGRATED]
    assert second.out.splitlines() == [f"{name}: nothing to do" for name in MIGRATED]


async def test_migrating_makes_the_bus_where_it_is(database_url: str, nats_url: str, free_port: int) -> None:
    environ = plain_environ(DATABASE_URL=database_url, EMERGENCE_BUS="nats")
    away = f"nats://ada:do-not-print-me@127.0.0.1:{free_port}"

    done = await run_command(("migrate",), environ | {"EMERGENCE_BUS_URL": nats_url})
    refused = await run_command(("migrate",), environ | {"EMERGENCE_BUS_URL": away})

    assert (done.status, done.out.splitlines()[-1]) == (0, "bus: there")
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)
    assert "do-not-print-me" not in refused.said


async def test_migrating_makes_topic_and_subscriptions_on_pubsub(
    database_url: str, pubsub_emulator: PubsubEmulator
) -> None:
    emulator = str(pubsub_emulator.hosts.emulator)
    environ = plain_environ(DATABASE_URL=database_url, EMERGENCE_BUS="pubsub", PUBSUB_EMULATOR_HOST=emulator)
    environ["EMERGENCE_BUS_URL"] = "pubsub://test-project/test-migrating"

    done = [await run_command(("migrate",), environ) for _ in range(2)]
    pushed = await run_command(("migrate",), environ | {"EMERGENCE_BUS_PUSH_ACCOUNT": "pusher@p.iam.example.com"})
    away = await run_command(("migrate",), environ | {"PUBSUB_EMULATOR_HOST": "127.0.0.1:1"})

    assert [(each.status, each.out.splitlines()[-1]) for each in done] == [(0, "bus: there")] * 2
    found = pubsub_emulator.call("GET", "projects/test-project/topics/test-migrating-events/subscriptions", {})
    prefix = "projects/test-project/subscriptions/test-migrating-events-"
    assert sorted(map(str, found["subscriptions"])) == [
        f"{prefix}{name}" for name in sorted(name for name in MIGRATED if name != "bus")
    ]
    assert (pushed.status, pushed.out.splitlines()[-1][:12]) == (0, "bus: pushed,")
    assert (away.status, len(away.err.splitlines())) == (1, 1)


async def test_migrating_a_database_that_is_away_is_one_line() -> None:
    done = await run_command(("migrate", "auth"), plain_environ(**SECRETS, **PUBLIC))

    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert "do-not-print-me" not in done.err


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
async def test_what_is_published_does_not_depend_on_the_environment(name: str) -> None:
    plain = await run_command((name,), plain_environ())
    other = await run_command((name,), plain_environ(AUTH_ENV="dev", AUTH_DEV_LOGIN="true", **SECRETS))

    assert (plain.status, plain.err) == (0, "")
    assert plain.out == other.out
    assert "do-not-print-me" not in other.said


async def test_without_a_word_or_with_a_wrong_one_the_words_are_listed() -> None:
    nothing = await run_command((), plain_environ())
    wrong = await run_command(("dance",), plain_environ())

    assert (nothing.status, wrong.status) == (2, 2)
    assert all(name in nothing.out for name in ("up", "serve", "chat", "threads", "doctor"))
    assert "dance" in wrong.err
    assert os.linesep + "Traceback" not in wrong.err
