"""Keeps out of traces what callers wrote into an address: it may hold a token, a code or a person's words."""

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor

FROM_CALLERS = ("url.path", "url.query")  # the route's template stays, as `http.route`
HIDDEN = "(hidden)"


class PrivateSpans(SpanProcessor):
    """Hides attributes as soon as a span has them; an exporter sees only what is left."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Replace what came with the request."""
        for name in FROM_CALLERS:
            if name in (span.attributes or {}):
                span.set_attribute(name, HIDDEN)
