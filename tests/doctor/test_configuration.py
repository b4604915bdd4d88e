"""What doctor makes of the environment's models."""

import pytest

from emergence.doctor.configuration import environment_models, look_at_configuration

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


def test_an_address_without_a_model_is_a_problem_with_its_mend() -> None:
    (finding,) = [found for found in look_at_configuration(ADDRESS) if found.subject == "models"]

    assert finding.verdict == "problem"
    assert "OPENAI_COMPATIBLE_MODEL" in (finding.mend or "")
