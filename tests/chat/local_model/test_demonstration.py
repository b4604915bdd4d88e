"""The demonstration prompt is whole and names its agent."""

from emergence.chat.local_model import demonstration_prompt


def test_the_prompt_names_the_agent_and_brings_complete_examples() -> None:
    prompt = demonstration_prompt("Anima")

    assert prompt.system.startswith("You are Anima,")
    assert len(prompt.examples) == 3
    assert all(question and answer.endswith((".", "?")) for question, answer in prompt.examples)
    assert "{agent}" not in str(prompt)
    assert "France" not in str(prompt)
