"""What the demonstration model can take: a short prompt with examples, near-greedy sampling, few turns."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class DemonstrationLimits:
    """Measured on SmolLM2-135M-Instruct: beyond these it rambles, repeats itself or loses the thread.

    `kept_turns` counts the person's and the model's turns before the new question. The repeat
    penalty is a default of the model's server, because chat completions have no field for it:
    without it stories loop, and from 1.1 on simple arithmetic goes wrong.
    """

    max_tokens: int = 256
    context_tokens: int = 2048
    kept_turns: int = 6
    temperature: float = 0.0
    repeat_penalty: float = 1.05


DEMONSTRATION_LIMITS = DemonstrationLimits()


@dataclass(frozen=True, slots=True)
class DemonstrationPrompt:
    """What stands before the conversation: a system text, then example turns (question, answer).

    The examples matter more than the system text: with them the answers are short and the agent
    keeps its name, without them the longer personas make the model invent.
    """

    system: str
    examples: tuple[tuple[str, str], ...]


def demonstration_prompt(agent: str) -> DemonstrationPrompt:
    """Return the prompt for the agent of that display name."""
    system, *pairs = _text().replace("{agent}", agent).strip().split("\n\n")
    return DemonstrationPrompt(system, tuple(_example(pair) for pair in pairs))


def _example(pair: str) -> tuple[str, str]:
    question, _, answer = pair.partition("\nA: ")
    return question.removeprefix("Q: ").strip(), answer.strip()


@cache
def _text() -> str:
    return files("emergence.chat.local_model").joinpath("demonstration_en.txt").read_text(encoding="utf-8")
