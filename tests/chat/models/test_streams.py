"""Both wire protocols, through the real packages: what arrives, and how every ending is told."""

import logging
import traceback
from dataclasses import replace
from datetime import timedelta

import pytest

from emergence.chat.models.errors import ModelError
from emergence.chat.models.provider import ModelEnded
from tests.chat.models.conversation import CALL, KEY, hear, line_to
from tests.scripted_models.script import Answer, Ending, HangUp, Refuse, WebPage, words

pytestmark = pytest.mark.parametrize("kind", ["anthropic", "openai", "openai_compatible"])

SAID = words(5)


async def test_an_answer_arrives_token_by_token_with_its_usage(kind: str) -> None:
    async with line_to(kind, Answer(tokens=SAID)) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.text == "".join(SAID)
    assert len(heard.events) == len(SAID) + 2
    assert (heard.usage.input_tokens, heard.usage.output_tokens, heard.usage.estimated) == (25, 5, False)
    assert heard.ended == ModelEnded("end")
    assert heard.error is None


async def test_the_server_receives_the_conversation_and_the_key_as_a_header(kind: str) -> None:
    async with line_to(kind) as line:
        await hear(line.provider.stream(CALL))
        (seen,) = line.server.exchanges

    assert seen.model == "scripted-1"
    assert seen.system == "You are Anima."
    assert seen.turns == [(turn.role, turn.text) for turn in CALL.turns]
    assert seen.had_key
    assert KEY not in str(seen.body)


async def test_cached_input_is_part_of_the_input(kind: str) -> None:
    async with line_to(kind, Answer(cached_tokens=1000)) as line:
        heard = await hear(line.provider.stream(CALL))

    assert (heard.usage.input_tokens, heard.usage.cached_input_tokens) == (1025, 1000)


async def test_missing_usage_is_estimated_and_marked(kind: str) -> None:
    async with line_to(kind, Answer(tokens=SAID, usage=False)) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.usage.estimated
    assert heard.usage.input_tokens > 0
    assert heard.usage.output_tokens > 0
    assert heard.ended == ModelEnded("end")


@pytest.mark.parametrize("ending", ["max_tokens", "refusal"])
async def test_other_endings_are_named(kind: str, ending: Ending) -> None:
    async with line_to(kind, Answer(ending=ending)) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.ended is not None
    assert heard.ended.reason == ending


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("reset", "model_cut"),
        ("eof", "model_cut"),
        ("garbage", "model_malformed"),
        ("wrong_shape", "model_malformed"),
    ],
)
async def test_text_that_came_before_a_broken_stream_is_kept(kind: str, ending: Ending, code: str) -> None:
    async with line_to(kind, Answer(tokens=SAID, ending=ending)) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.text == "".join(SAID)
    assert heard.usage.estimated
    assert heard.ended is None
    assert heard.error is not None
    assert heard.error.code == code
    assert heard.error.retryable


async def test_an_error_event_in_the_middle_keeps_the_text(kind: str) -> None:
    async with line_to(kind, Answer(tokens=SAID, ending="error_event")) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.text == "".join(SAID)
    assert heard.error is not None
    assert heard.error.code == ("model_overloaded" if kind == "anthropic" else "model_unavailable")


async def test_silence_in_the_middle_is_a_timeout(kind: str) -> None:
    call = replace(CALL, first_token_deadline=timedelta(seconds=0.3))
    async with line_to(kind, Answer(tokens=SAID, ending="silence")) as line:
        heard = await hear(line.provider.stream(call))

    assert heard.text == "".join(SAID)
    assert heard.error is not None
    assert heard.error.code == "model_timeout"
    assert "stopped sending" in heard.error.sentence


async def test_an_empty_stream_is_a_cut_without_usage(kind: str) -> None:
    async with line_to(kind, Answer(tokens=(), ending="eof")) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.events == []
    assert heard.error is not None
    assert heard.error.code == "model_cut"


@pytest.mark.parametrize(
    ("refuse", "code", "retryable"),
    [
        (Refuse(400), "model_refused_request", False),
        (Refuse(403), "model_key_rejected", False),
        (Refuse(402), "model_quota_exhausted", False),
        (Refuse(404), "model_not_found", False),
        (Refuse(413), "model_context_too_long", False),
        (Refuse(400, message="prompt is too long: 210000 tokens > 200000 maximum"), "model_context_too_long", False),
        (Refuse(429), "model_rate_limited", True),
        (Refuse(500), "model_unavailable", True),
        (Refuse(503), "model_overloaded", True),
        (Refuse(529), "model_overloaded", True),
    ],
)
async def test_each_refusal_has_its_own_code(kind: str, refuse: Refuse, code: str, retryable: bool) -> None:
    async with line_to(kind, refuse) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.events == []
    assert heard.error is not None
    assert heard.error.code == code
    assert heard.error.retryable is retryable
    assert heard.error.request_id == "req_scripted"


async def test_retry_after_is_kept(kind: str) -> None:
    async with line_to(kind, Refuse(429, headers={"retry-after": "7"})) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.error is not None
    assert heard.error.retry_after_s == 7


async def test_a_wrong_key_is_rejected_and_never_repeated_in_the_error(kind: str) -> None:
    wrong = "sk-wrong-key-9876543210"
    async with line_to(kind, key=wrong) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.error is not None
    assert heard.error.code == "model_key_rejected"
    assert wrong not in everything_about(heard.error)
    assert "sk-wro" not in everything_about(heard.error)


async def test_a_key_that_the_provider_echoes_is_removed(kind: str) -> None:
    async with line_to(kind, Refuse(400, message=f"strange header: Bearer {KEY} {KEY}")) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.error is not None
    assert heard.error.detail is not None
    assert KEY not in everything_about(heard.error)


async def test_the_most_talkative_log_holds_no_key_and_no_content(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with line_to(kind) as line:
            await hear(line.provider.stream(CALL))

    assert KEY not in caplog.text
    assert "capital of France" not in caplog.text


async def test_a_web_page_instead_of_a_stream_is_malformed(kind: str) -> None:
    async with line_to(kind, WebPage()) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.error is not None
    assert heard.error.code == "model_malformed"


async def test_a_reset_before_the_answer_is_unavailable(kind: str) -> None:
    async with line_to(kind, HangUp()) as line:
        heard = await hear(line.provider.stream(CALL))

    assert heard.error is not None
    assert heard.error.code == "model_unavailable"


async def test_nobody_listening_is_unavailable(kind: str) -> None:
    async with line_to(kind) as line:
        await line.server.__aexit__(None, None, None)
        heard = await hear(line.provider.stream(CALL))

    assert heard.error is not None
    assert heard.error.code == "model_unavailable"


async def test_check_proves_the_key(kind: str) -> None:
    async with line_to(kind) as line:
        await line.provider.check()

    async with line_to(kind, key="sk-wrong-key") as line:
        with pytest.raises(ModelError) as caught:
            await line.provider.check()
    assert caught.value.code == "model_key_rejected"


def everything_about(error: BaseException) -> str:
    """All that a careless log could print of `error`: its words, its attributes, its causes."""
    printed = "".join(traceback.format_exception(error)) + repr(vars(error))
    assert error.__cause__ is None
    assert error.__context__ is None
    return printed
