"""From a thread's turns to what one model is sent: instructions, and as much history as it can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from emergence.chat.agents.agents import ShippedAgent, shipped_agents
from emergence.chat.local_model import DEMONSTRATION_LIMITS, demonstration_prompt
from emergence.chat.models.catalogue import capabilities_of, output_limit
from emergence.chat.models.estimate import TOKENS_PER_TURN, estimated_tokens
from emergence.chat.models.provider import ModelCall, ModelTurn
from emergence.chat.models.turns import spoken_turns
from emergence.chat.providers import Configured
from emergence.chat.quote_memories import quoted
from emergence.chat.settings import ChatSettings
from emergence.contracts.chat import ReplyRequest, Turn
from emergence.contracts.memory.recall import RecalledTurn
from emergence.contracts.memory.recollection import KnownText, Recollection

# Our token counts are estimates; real tokenisers give up to a third more for code and for French.
ESTIMATE_MARGIN = 0.7
MEMORIES_SHARE = 8
NOTHING = Recollection()


def prepare_call(
    request: ReplyRequest,
    agent: ShippedAgent,
    configured: Configured,
    settings: ChatSettings,
    memories: Recollection = NOTHING,
) -> ModelCall:
    """Return the call that asks `configured` for the reply; the newest turns that fit are sent.

    `memories` stand right before the question, as something that is shown: never among the instructions.
    """
    script = _demonstration(agent) if configured.name == "builtin" else _script(agent, request, settings)
    model = configured.model or ""
    capabilities = capabilities_of(configured.name, model)
    wanted = output_limit(configured.name, model, script.max_output_tokens)
    output_tokens = min(wanted, capabilities.context_tokens // 2)
    before = estimated_tokens(script.system) + sum(map(_cost, script.examples))
    block = quoted(memories, request.language, request.time_zone)
    shown = [ModelTurn("user", block)] if block else []
    before += sum(map(_cost, shown))
    room = int((capabilities.context_tokens - output_tokens) * ESTIMATE_MARGIN) - before
    heard = [_as_heard_by(agent.id, turn) for turn in request.turns[-script.most_turns :]]
    said = _newest_that_fit(heard, room)
    return ModelCall(
        model=model,
        system=script.system,
        turns=(*script.examples, *spoken_turns([*said[:-1], *shown, *said[-1:]])),
        max_output_tokens=output_tokens,
        temperature=script.temperature if capabilities.sampling else None,
        deadline=settings.chat_reply_deadline_s,
        first_token_deadline=settings.chat_first_token_deadline_s,
    )


def memories_for(memories: Recollection, configured: Configured) -> Recollection:
    """Return the best of the memories that `configured` can use: they take an eighth of what it reads at most.

    The demonstration model is shown none: it takes what it reads for its own words.
    """
    if configured.name == "builtin":
        return NOTHING
    room = capabilities_of(configured.name, configured.model or "").context_tokens // MEMORIES_SHARE

    def fits(memory: KnownText | RecalledTurn) -> bool:
        nonlocal room
        since = memory.since if isinstance(memory, RecalledTurn) else [memory.since] if memory.since else []
        room -= sum(estimated_tokens(text) + TOKENS_PER_TURN for text in (memory.text, *(each.text for each in since)))
        return room >= 0

    items = list(takewhile(fits, memories.items))
    turns = list(takewhile(fits, memories.turns))
    return Recollection(turns=turns, items=items)


@dataclass(frozen=True, slots=True)
class _Script:
    """How an agent plays its part on one kind of model."""

    system: str
    examples: tuple[ModelTurn, ...]
    temperature: float
    max_output_tokens: int
    most_turns: int


def _script(agent: ShippedAgent, request: ReplyRequest, settings: ChatSettings) -> _Script:
    limit = settings.chat_max_output_tokens
    return _Script(agent.prompt(request.language), (), agent.temperature, limit, len(request.turns))


def _demonstration(agent: ShippedAgent) -> _Script:
    """The small model follows examples, not instructions."""
    prompt, limits = demonstration_prompt(agent.name), DEMONSTRATION_LIMITS
    examples = [
        turn
        for question, answer in prompt.examples
        for turn in (ModelTurn("user", question), ModelTurn("assistant", answer))
    ]
    return _Script(prompt.system, tuple(examples), limits.temperature, limits.max_tokens, limits.kept_turns + 1)


def _cost(turn: ModelTurn) -> int:
    return estimated_tokens(turn.text) + TOKENS_PER_TURN


def _as_heard_by(agent: str, turn: Turn) -> ModelTurn:
    """Another agent's words reach an agent as something said to it, with the speaker's name."""
    if turn.role == "user":
        return ModelTurn("user", turn.text)
    if turn.agent == agent:
        return ModelTurn("assistant", turn.text)
    known = shipped_agents().get(turn.agent or "")
    return ModelTurn("user", f"[{known.name if known else turn.agent}] {turn.text}")


def _newest_that_fit(turns: Sequence[ModelTurn], room: int) -> list[ModelTurn]:
    """Return the longest run of newest turns within `room` tokens; the last one always, whatever its size.

    A model's history must begin with the user: leading assistant turns are left out.
    """
    kept: list[ModelTurn] = []
    for turn in reversed(turns):
        room -= _cost(turn)
        if kept and room < 0:
            break
        kept.append(turn)
    kept.reverse()
    while len(kept) > 1 and kept[0].role == "assistant":
        kept.pop(0)
    return kept
