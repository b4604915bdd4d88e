"""A scripted model whose tokens say when they were written, by a clock that all processes of a machine share."""

import time

from aiohttp import web

from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Exchange
from tests.scripted_models.server import run_from_shell


class TimedModel(OpenAIServer):
    """Speaks OpenAI's protocol; a token is the monotonic clock in microseconds and a space."""

    paths = ("/v1/chat/completions", "/v1/models")

    def token(self, text: str, exchange: Exchange) -> bytes:
        return super().token(f"{time.monotonic_ns() // 1000} ", exchange)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        response = await super()._answer(request)
        self.exchanges.clear()  # a measurement may ask for hours
        return response


def ages_ms(text: str, heard_ns: int) -> list[float]:
    """Return how long ago each token of a piece of text was written."""
    return [heard_ns / 1e6 - int(token) / 1e3 for token in text.split()]


if __name__ == "__main__":
    run_from_shell(TimedModel)
