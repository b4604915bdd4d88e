"""What doctor makes of the environment's models."""

import pytest

from emergence.doctor.configuration import environment_models, look_at_configuration
from tests.pubsub_emulator import PubsubEmulator

ADDRESS = {"OPENAI_COMPATIBLE_BASE_URL": "http://127.0.0.1:11434/v1"}


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, []),
        ({"ANTHROPIC_API_KEY": "sk-ant-1"}, ["ANTHROPIC_API_KEY"]),
        ({"OPENAI_API_KEY": " "}, []),
        (ADDRESS, []),
        ({**ADDRESS, "OPENAI_COMPATIBLE_MODEL": "qwen3"}, ["OPENAI_COMPATIBLE_BASE_URL"]),
    ],
)
def test_a_provider_counts_when_it_has_all_that_it_needs(environ: dict[str, str], found: list[str]) -> None:
    assert environment_models(environ) == found


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("EMERGENCE_POTR", "Did you mean EMERGENCE_PORT?"),
        ("OPENAI_APIKEY", "Did you mean OPENAI_API_KEY?"),
        ("AUTH_SOMETHING", "`emergence settings` lists every variable."),
    ],
)
def test_a_variable_that_nobody_reads_is_named(name: str, mend: str) -> None:
    (found,) = [each for each in look_at_configuration({name: "1", "PATH": "/bin"}) if "nothing reads" in each.fact]

    assert found.fact.startswith(name)
    assert (found.verdict, found.mend) == ("note", mend)


def test_an_address_without_a_model_is_a_problem_with_its_mend() -> None:
    (finding,) = [found for found in look_at_configuration(ADDRESS) if found.subject == "models"]

    assert finding.verdict == "problem"
    assert "OPENAI_COMPATIBLE_MODEL" in (finding.mend or "")


def test_a_bus_on_pubsub_is_asked(pubsub_emulator: PubsubEmulator, pubsub_url: str) -> None:
    environ = {"EMERGENCE_BUS": "pubsub", "PUBSUB_EMULATOR_HOST": str(pubsub_emulator.hosts.emulator)}

    findings = [
        found
        for url in (pubsub_url, "pubsub://test-project/nothing")
        for found in look_at_configuration(environ | {"EMERGENCE_BUS_URL": url})
        if found.subject == "bus"
    ]

    assert [found.verdict for found in findings] == ["ok", "problem"]
    assert "emergence migrate" in (findings[1].mend or "")


def test_a_bus_on_nats_is_asked(nats_url: str, free_port: int) -> None:
    away = f"nats://ada:do-not-print-me@127.0.0.1:{free_port}"

    findings = [
        found
        for url in (nats_url, away)
        for found in look_at_configuration({"EMERGENCE_BUS": "nats", "EMERGENCE_BUS_URL": url})
        if found.subject == "bus"
    ]

    assert [found.verdict for found in findings] == ["ok", "problem"]
    assert "do-not-print-me" not in str(findings)
