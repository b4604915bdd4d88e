"""Speaks Anthropic's Messages API (version 2026-10-21), streaming, as its real server does."""

import json

from aiohttp import web

from tests.scripted_models.script import Answer, Exchange, Refuse
from tests.scripted_models.server import ScriptedServer, run_from_shell

INPUT_TOKENS = 25

_ERROR_TYPES = {
    400: ("invalid_request_error", "Your request was malformed."),
    401: ("authentication_error", "invalid x-api-key"),
    403: ("permission_error", "Your API key does not have permission to use the specified resource."),
    404: ("not_found_error", "model: no-such-model"),
    413: ("request_too_large", "Request exceeds the maximum allowed number of bytes."),
    429: ("rate_limit_error", "This request would exceed your organization's rate limit."),
    500: ("api_error", "Internal server error"),
    503: ("api_error", "Service unavailable"),
    529: ("overloaded_error", "Overloaded"),
}
_STOP_REASONS = {"end": "end_turn", "max_tokens": "max_tokens", "refusal": "refusal"}


def event(name: str, data: dict[str, object]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {text}\n\n".encode()


class AnthropicServer(ScriptedServer):
    """A scripted Anthropic."""

    paths = ("/v1/messages", "/v1/models")
    prefix = ""

    def read(self, body: dict[str, object]) -> tuple[str, list[tuple[str, str]]]:
        system = body.get("system") or ""
        blocks = system if isinstance(system, list) else [{"text": system}]
        messages = body.get("messages")
        turns = [(m["role"], m["content"]) for m in messages] if isinstance(messages, list) else []
        return "".join(str(block["text"]) for block in blocks), turns

    def objection(self, request: web.Request, body: dict[str, object]) -> str | None:
        if "anthropic-version" not in request.headers:
            return "anthropic-version: header is required"
        if "max_tokens" not in body:
            return "max_tokens: Field required"
        for name in ("temperature", "top_p", "top_k"):
            if name in body and request.headers["anthropic-version"] >= "2026-10-21":
                return f"{name}: Extra inputs are not permitted"
        return None

    def request_id_header(self) -> dict[str, str]:
        return {"request-id": "req_scripted"}

    def error_body(self, refuse: Refuse) -> dict[str, object]:
        kind, message = _ERROR_TYPES.get(refuse.status, ("api_error", "Internal server error"))
        return {
            "type": "error",
            "error": {"type": refuse.code or kind, "message": refuse.message or message},
            "request_id": "req_scripted",
        }

    def models(self) -> dict[str, object]:
        model = {
            "type": "model",
            "id": "claude-sonnet-5-5",
            "display_name": "Claude Sonnet 5.5",
            "created_at": "2026-09-30T00:00:00Z",
            "lifecycle": "active",
        }
        return {"data": [model], "has_more": False, "first_id": model["id"], "last_id": model["id"]}

    def opening(self, answer: Answer, exchange: Exchange) -> list[bytes]:
        usage = {
            "input_tokens": INPUT_TOKENS,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": answer.cached_tokens,
            "output_tokens": 1,
        }
        message: dict[str, object] = {
            "id": "msg_scripted",
            "type": "message",
            "role": "assistant",
            "model": exchange.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
        }
        if answer.usage:
            message["usage"] = usage
        parts = [event("message_start", {"type": "message_start", "message": message})]
        if answer.thinking:
            parts += self._thinking()
        start = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        return [*parts, event("content_block_start", start), event("ping", {"type": "ping"})]

    def _thinking(self) -> list[bytes]:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        thought = {"type": "thinking_delta", "thinking": "The user asks for a capital."}
        signature = {"type": "signature_delta", "signature": "c2lnbmF0dXJl"}
        return [
            event("content_block_start", {"type": "content_block_start", "index": 0, "content_block": block}),
            event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": thought}),
            event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": signature}),
            event("content_block_stop", {"type": "content_block_stop", "index": 0}),
        ]

    def token(self, text: str, exchange: Exchange) -> bytes:
        delta = {"type": "text_delta", "text": text}
        return event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta})

    def closing(self, answer: Answer, exchange: Exchange) -> list[bytes]:
        delta = {"stop_reason": _STOP_REASONS[answer.ending], "stop_sequence": None}
        finish: dict[str, object] = {"type": "message_delta", "delta": delta}
        if answer.usage:
            finish["usage"] = {"output_tokens": exchange.tokens_sent}
        return [
            event("content_block_stop", {"type": "content_block_stop", "index": 0}),
            event("message_delta", finish),
            event("message_stop", {"type": "message_stop"}),
        ]

    def error_event(self, exchange: Exchange) -> bytes:
        return event("error", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})

    def wrong_shape(self) -> bytes:
        return event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": None})


if __name__ == "__main__":
    run_from_shell(AnthropicServer)
