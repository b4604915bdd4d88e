"""Speaks Anthropic's Messages API through its official package; import it only when it is needed.

The package's API version 2026-10-21 refuses temperature, top_p and top_k on every model, so a
call's temperature is not sent.
"""

import logging
import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from datetime import timedelta
from typing import Literal

import anthropic
import httpx2
from anthropic import AsyncAnthropic, AsyncStream, omit
from anthropic.types import (
    Message,
    MessageDeltaUsage,
    MessageParam,
    RawMessageDeltaEvent,
    RawMessageStreamEvent,
    Usage,
)

from emergence.chat.models.catalogue import capabilities_of, facts_of, output_limit
from emergence.chat.models.errors import ModelCut, ModelError, ModelMalformed, ModelTimeout, ModelUnavailable
from emergence.chat.models.provider import ModelCall, ModelEnded, ModelEvent, ProviderAccess, TextDelta
from emergence.chat.models.reading import Reading
from emergence.chat.models.refusals import Refusal, error_of_refusal, retry_after_s
from emergence.chat.models.turns import spoken_turns
from emergence.contracts.chat import ProviderName
from emergence.kernel.clock import Clock

CONNECT_TIMEOUT_S = 5.0
CHECK_TIMEOUT = timedelta(seconds=10)

for _chatty in ("anthropic", "httpcore2"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)  # at DEBUG they print prompts and keys

# The package wraps faults before the stream opens; during it, those of its transport come through bare.
_FAILURES = (anthropic.AnthropicError, httpx2.HTTPError, httpx2.StreamError, ssl.SSLError, ValueError)

_REASONS: dict[str, Literal["end", "max_tokens", "refusal"]] = {
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "refusal": "refusal",
}


class AnthropicMessages:
    """Claude models behind one key."""

    name: ProviderName = "anthropic"

    def __init__(self, access: ProviderAccess, clock: Clock) -> None:
        self._key = access.api_key
        self._clock = clock
        self._client = AsyncAnthropic(
            api_key=access.api_key or "",  # never None: the package would look for keys in the environment
            base_url=access.base_url or facts_of(self.name).base_url,
            max_retries=0,
            open_telemetry=False,
            http_client=anthropic.DefaultAsyncHttpxClient(follow_redirects=False),  # a key goes to one address
        )

    async def stream(self, call: ModelCall) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer as it comes; see ModelProvider."""
        reading = Reading(call)
        failure: ModelError | None = None
        try:
            async with aclosing(self._texts(reading)) as texts:
                async for text in texts:
                    yield text
        except _FAILURES as error:
            failure = self._failure(error, reading)
        if failure is None and reading.ended is None:
            failure = ModelCut(self.name)
        if failure is None or reading.has_begun:
            yield reading.usage()
        # Raised outside the handler: the package's own exception holds the request, and with it the key.
        if failure is not None:
            raise failure
        if reading.ended is not None:
            yield reading.ended

    async def prepare(self) -> None:
        """Nothing is left to load; see ModelProvider."""

    async def check(self) -> None:
        """List one model; see ModelProvider."""
        failure: ModelError | None = None
        try:
            await self._client.models.list(limit=1, timeout=CHECK_TIMEOUT.total_seconds())
        except _FAILURES as error:
            failure = self._failure(error, None)
        if failure is not None:
            raise failure

    async def close(self) -> None:
        await self._client.close()

    async def _texts(self, reading: Reading) -> AsyncGenerator[TextDelta, None]:
        async with await self._open(reading.call) as events:
            reading.opened = True
            async for event in events:
                for text in _take(event, reading):
                    yield text
            reading.confirm_stream(events.response.headers.get("content-type", ""))

    async def _open(self, call: ModelCall) -> AsyncStream[RawMessageStreamEvent]:
        effort = capabilities_of(self.name, call.model).effort
        return await self._client.messages.create(
            model=call.model,
            # The marker lets the provider reuse a long, unchanging system prompt at a tenth of its price or less.
            system=[{"type": "text", "text": call.system, "cache_control": {"type": "ephemeral"}}]
            if call.system
            else omit,
            messages=[_message(turn.role, turn.text) for turn in spoken_turns(call.turns)],
            max_tokens=output_limit(self.name, call.model, call.max_output_tokens),
            output_config={"effort": effort} if effort else omit,
            stream=True,
            timeout=anthropic.Timeout(call.first_token_deadline.total_seconds(), connect=CONNECT_TIMEOUT_S),
        )

    def _failure(self, error: Exception, reading: Reading | None) -> ModelError:
        opened = reading is not None and reading.opened
        if isinstance(error, anthropic.APIResponseValidationError):
            return ModelMalformed(self.name, request_id=error.response.headers.get("request-id"))
        if isinstance(error, anthropic.APIStatusError):
            return error_of_refusal(self._refusal(error), self._key)
        if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
            began = reading is not None and bool(reading.pieces)
            return ModelTimeout(self.name, stage="silence" if began else "first_token")
        if isinstance(error, ValueError):
            return ModelMalformed(self.name)
        return ModelCut(self.name) if opened else ModelUnavailable(self.name)

    def _refusal(self, error: anthropic.APIStatusError) -> Refusal:
        return Refusal(
            provider=self.name,
            status=error.status_code,
            words=frozenset(word for word in (error.type, error.error_code) if word),
            message=error.api_message or "",
            request_id=error.request_id,
            retry_after_s=retry_after_s(error.response.headers, self._clock.now()),
        )


def _message(role: Literal["user", "assistant"], text: str) -> MessageParam:
    return {"role": "user", "content": text} if role == "user" else {"role": "assistant", "content": text}


def _take(event: RawMessageStreamEvent, reading: Reading) -> Iterator[TextDelta]:
    """Yield the text in `event` and note the rest. Raises ValueError when the event lacks its parts."""
    reading.events += 1
    try:
        match event.type:
            case "message_start":
                _count(_usage_in(event.message), reading)
            case "content_block_delta":
                if event.delta.type == "text_delta" and event.delta.text:
                    yield reading.said(event.delta.text)
            case "message_delta":
                _count(_usage_in(event), reading)
                if event.delta.stop_reason is not None:
                    reading.stop_reason = event.delta.stop_reason
            case "message_stop":
                reading.ended = ModelEnded(_REASONS.get(reading.stop_reason, "end"))
            case _:
                pass  # block borders, pings, and kinds that the API may add within one version
    except (AttributeError, TypeError) as error:  # the package does not validate what it receives
        raise ValueError("an event lacks its parts") from error


def _usage_in(part: Message | RawMessageDeltaEvent) -> Usage | MessageDeltaUsage | None:
    """Return the figures in `part`; gateways that speak this protocol may leave them out."""
    usage: Usage | MessageDeltaUsage | None = getattr(part, "usage", None)
    return usage


def _count(usage: Usage | MessageDeltaUsage | None, reading: Reading) -> None:
    """Keep the newest cumulative figures; the provider counts cached input apart, we count it in."""
    if usage is None:
        return
    reading.output_tokens = int(usage.output_tokens)
    if usage.cache_read_input_tokens is not None:
        reading.cached_input_tokens = usage.cache_read_input_tokens
    if usage.cache_creation_input_tokens is not None:
        reading.cache_written_input_tokens = usage.cache_creation_input_tokens
    if usage.input_tokens is not None:
        reading.input_tokens = usage.input_tokens + reading.cached_input_tokens + reading.cache_written_input_tokens
