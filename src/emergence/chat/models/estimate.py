"""Guesses tokens where a provider gives no figures; every guess is marked as one."""

from emergence.chat.models.provider import ModelCall, UsageReport

BYTES_PER_TOKEN = 4  # OpenAI's rule of thumb for English; bytes, so that other scripts count for more
TOKENS_PER_TURN = 4  # role and separators


def estimated_tokens(text: str) -> int:
    """Return about how many tokens `text` is; 0 only for the empty text."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def estimated_input_tokens(call: ModelCall) -> int:
    """Return about how many tokens `call` sends."""
    said = sum(estimated_tokens(turn.text) + TOKENS_PER_TURN for turn in call.turns)
    return estimated_tokens(call.system) + said


def estimated_usage(call: ModelCall, text: str) -> UsageReport:
    """Return the guessed usage of a call that gave `text`, for one that was stopped by its reader."""
    return UsageReport(estimated_input_tokens(call), estimated_tokens(text), estimated=True)
