"""The headers that a transport adds: who calls, and to which trace the call belongs."""

from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.tracing import trace_headers
from emergence.kernel.wire.messages import WireRequest


def identified_headers(request: WireRequest, service: str, tokens: ServiceTokens | None) -> dict[str, str]:
    """Return the request's headers with our service token for `service` and the trace context.

    A caller's own authorization is passed on untouched: a forwarded user must not become a service.
    """
    headers = {name.lower(): value for name, value in request.headers.items()} | trace_headers()
    if tokens is not None:
        headers.setdefault("authorization", f"Bearer {tokens.token_for(service)}")
    return headers
