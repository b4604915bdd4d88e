"""Speaks chat completions through OpenAI's official package; import it only when it is needed.

Chat completions rather than Responses: one protocol then serves OpenAI, every compatible server
and the built-in model, and nothing here needs the provider to keep state between calls.
"""

import logging
import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from datetime import timedelta
from typing import Literal

import httpx2
import openai
from openai import AsyncOpenAI, AsyncStream, omit
from openai.types.chat import ChatCompletionChunk

from emergence.chat.models.addresses import is_this_machine
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
NO_KEY = "no-key"  # servers without authentication ignore it, and the package insists on one

for _chatty in ("openai", "httpcore2"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)  # at DEBUG they print prompts and keys

_FAILURES = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, ssl.SSLError, ValueError)

_REASONS: dict[str, Literal["end", "max_tokens", "refusal"]] = {
    "length": "max_tokens",
    "content_filter": "refusal",
    "refusal": "refusal",
}


class OpenAIChat:
    """Models behind one address that speaks chat completions."""

    def __init__(self, name: ProviderName, access: ProviderAccess, clock: Clock) -> None:
        self.name: ProviderName = name
        self._key = access.api_key
        self._clock = clock
        self._asks_for_usage = True
        base_url = access.base_url or facts_of(name).base_url
        self._client = AsyncOpenAI(
            api_key=access.api_key or NO_KEY,  # never None: the package would look for keys in the environment
            base_url=base_url,
            max_retries=0,
            # A key goes to one address; and a company's HTTP_PROXY cannot reach this machine's own models.
            http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False, trust_env=not is_this_machine(base_url)),
        )
        if name != "openai":  # what the environment says of an OpenAI account is not for other servers
            self._client.organization = self._client.project = None

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
        if failure is None and reading.stop_reason:
            reading.ended = ModelEnded(_REASONS.get(reading.stop_reason, "end"))
        elif failure is None:
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
        """List the models; see ModelProvider."""
        failure: ModelError | None = None
        try:
            await self._client.models.list(timeout=CHECK_TIMEOUT.total_seconds())
        except _FAILURES as error:
            failure = self._failure(error, None)
        if failure is not None:
            raise failure

    async def close(self) -> None:
        await self._client.close()

    async def _texts(self, reading: Reading) -> AsyncGenerator[TextDelta, None]:
        async with await self._open_or_ask_less(reading.call) as events:
            reading.opened = True
            async for chunk in events:
                for text in _take(chunk, reading):
                    yield text
            reading.confirm_stream(events.response.headers.get("content-type", ""))

    async def _open_or_ask_less(self, call: ModelCall) -> AsyncStream[ChatCompletionChunk]:
        try:
            return await self._open(call)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            # Some compatible servers refuse the field; without it their usage is estimated.
            if not self._asks_for_usage or "stream_options" not in error.message:
                raise
        self._asks_for_usage = False
        return await self._open(call)

    async def _open(self, call: ModelCall) -> AsyncStream[ChatCompletionChunk]:
        known = capabilities_of(self.name, call.model)
        limit = output_limit(self.name, call.model, call.max_output_tokens)
        is_openai = self.name == "openai"
        system = [{"role": "system", "content": call.system}] if call.system else []
        turns = [{"role": turn.role, "content": turn.text} for turn in spoken_turns(call.turns)]
        return await self._client.chat.completions.create(
            model=call.model,
            # In the body directly: as a parameter the package checks each turn against every kind of message,
            # a quarter of a millisecond a turn on the event loop.
            messages=[],
            extra_body={"messages": [*system, *turns]},
            # OpenAI's thinking models know only the new name, most compatible servers only the old one.
            max_completion_tokens=limit if is_openai else omit,
            max_tokens=omit if is_openai else limit,
            temperature=call.temperature if known.sampling and call.temperature is not None else omit,
            reasoning_effort=known.effort or omit,
            stream=True,
            stream_options={"include_usage": True} if self._asks_for_usage else omit,
            timeout=openai.Timeout(call.first_token_deadline.total_seconds(), connect=CONNECT_TIMEOUT_S),
        )

    def _failure(self, error: Exception, reading: Reading | None) -> ModelError:
        opened = reading is not None and reading.opened
        if isinstance(error, openai.APIResponseValidationError):
            return ModelMalformed(self.name, request_id=error.response.headers.get("x-request-id"))
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
            began = reading is not None and bool(reading.pieces)
            return ModelTimeout(self.name, stage="silence" if began else "first_token")
        if isinstance(error, openai.APIConnectionError | httpx2.HTTPError | httpx2.StreamError | ssl.SSLError):
            return ModelCut(self.name) if opened else ModelUnavailable(self.name)
        if isinstance(error, openai.APIError):  # an error answer, or an error event in the middle of the stream
            return error_of_refusal(self._refusal(error), self._key)
        return ModelMalformed(self.name) if isinstance(error, ValueError) else ModelUnavailable(self.name)

    def _refusal(self, error: openai.APIError) -> Refusal:
        response = error.response if isinstance(error, openai.APIStatusError) else None
        said = error.body.get("message") if isinstance(error.body, dict) else None
        return Refusal(
            provider=self.name,
            status=response.status_code if response is not None else 200,
            words=frozenset(word for word in (error.type, error.code) if isinstance(word, str)),
            message=said if isinstance(said, str) else error.message,  # the package puts a status before it
            request_id=response.headers.get("x-request-id") if response is not None else None,
            retry_after_s=retry_after_s(response.headers, self._clock.now()) if response is not None else None,
        )


def _take(chunk: ChatCompletionChunk, reading: Reading) -> Iterator[TextDelta]:
    """Yield the text in `chunk` and note the rest. Raises ValueError when the chunk lacks its parts."""
    reading.events += 1
    try:
        for choice in chunk.choices[:1]:
            if choice.delta.content:
                yield reading.said(choice.delta.content)
            if choice.delta.refusal:
                reading.stop_reason = "refusal"
                yield reading.said(choice.delta.refusal)
            if choice.finish_reason and reading.stop_reason != "refusal":
                reading.stop_reason = choice.finish_reason
        if chunk.usage is not None:
            reading.input_tokens = int(chunk.usage.prompt_tokens)
            reading.output_tokens = int(chunk.usage.completion_tokens)
            details = chunk.usage.prompt_tokens_details
            if details is not None:
                reading.cached_input_tokens = details.cached_tokens or 0
                reading.cache_written_input_tokens = details.cache_write_tokens or 0
    except (AttributeError, TypeError) as error:  # the package does not validate what it receives
        raise ValueError("a chunk lacks its parts") from error
