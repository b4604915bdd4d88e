"""Speaks OpenAI's chat completions, streaming, as its real server and the compatible ones do."""

import json

from aiohttp import web

from tests.scripted_models.script import Answer, Exchange, Refuse
from tests.scripted_models.server import ScriptedServer, run_from_shell

INPUT_TOKENS = 25

_ERRORS = {
    400: ("invalid_request_error", None, "Your request was malformed."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-wro**************-key."),
    403: ("invalid_request_error", None, "You do not have access to this project."),
    404: ("invalid_request_error", "model_not_found", "The model `no-such-model` does not exist."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
    500: ("server_error", None, "The server had an error while processing your request."),
    503: ("server_error", None, "The server is overloaded or not ready yet."),
}
_FINISH_REASONS = {"end": "stop", "max_tokens": "length", "refusal": "content_filter"}


class OpenAIServer(ScriptedServer):
    """A scripted OpenAI, or a compatible server."""

    paths = ("/v1/chat/completions", "/v1/models")
    prefix = "/v1"
    refused_fields: tuple[str, ...] = ()  # what a pickier compatible server does not know

    def read(self, body: dict[str, object]) -> tuple[str, list[tuple[str, str]]]:
        messages = body.get("messages")
        turns = [(m["role"], m["content"]) for m in messages] if isinstance(messages, list) else []
        system = "".join(text for role, text in turns if role in ("system", "developer"))
        return system, [(role, text) for role, text in turns if role in ("user", "assistant")]

    def objection(self, request: web.Request, body: dict[str, object]) -> str | None:
        refused = [name for name in self.refused_fields if name in body]
        return f"Extra inputs are not permitted: {refused[0]}" if refused else None

    def error_body(self, refuse: Refuse) -> dict[str, object]:
        kind, code, message = _ERRORS.get(refuse.status, ("server_error", None, "Error"))
        return {
            "error": {"message": refuse.message or message, "type": kind, "param": None, "code": refuse.code or code}
        }

    def models(self) -> dict[str, object]:
        model = {"id": "gpt-6.1-sol", "object": "model", "created": 1790000000, "owned_by": "system"}
        return {"object": "list", "data": [model]}

    def opening(self, answer: Answer, exchange: Exchange) -> list[bytes]:
        return [self._chunk(exchange, {"role": "assistant", "content": ""})]

    def token(self, text: str, exchange: Exchange) -> bytes:
        return self._chunk(exchange, {"content": text})

    def closing(self, answer: Answer, exchange: Exchange) -> list[bytes]:
        parts = [self._chunk(exchange, {}, finish_reason=_FINISH_REASONS[answer.ending])]
        options = exchange.body.get("stream_options")
        if answer.usage and isinstance(options, dict) and options.get("include_usage"):
            parts.append(self._usage(answer, exchange))
        return [*parts, b"data: [DONE]\n\n"]

    def error_event(self, exchange: Exchange) -> bytes:
        error = {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}
        return _data({"error": error})

    def wrong_shape(self) -> bytes:
        return _data({"answer": "Paris", "choices": [{"text": "Paris"}]})

    def _usage(self, answer: Answer, exchange: Exchange) -> bytes:
        sent = exchange.tokens_sent
        prompt = INPUT_TOKENS + answer.cached_tokens
        usage = {
            "prompt_tokens": prompt,
            "completion_tokens": sent,
            "total_tokens": prompt + sent,
            "prompt_tokens_details": {"cached_tokens": answer.cached_tokens, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }
        return _data({**self._envelope(exchange), "choices": [], "usage": usage})

    def _chunk(self, exchange: Exchange, delta: dict[str, str], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _data({**self._envelope(exchange), "choices": [choice], "usage": None})

    def _envelope(self, exchange: Exchange) -> dict[str, object]:
        return {
            "id": "chatcmpl-scripted",
            "object": "chat.completion.chunk",
            "created": 1790000000,
            "model": exchange.model,
            "service_tier": "default",
            "system_fingerprint": None,
        }


class PickyOpenAIServer(OpenAIServer):
    """A compatible server that refuses fields it does not know, as some do."""

    refused_fields = ("stream_options", "max_completion_tokens")


def _data(data: dict[str, object]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


if __name__ == "__main__":
    run_from_shell(OpenAIServer)
