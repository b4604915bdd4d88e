"""Security headers of every answer, and the hop-by-hop headers that are never passed on."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from emergence.kernel.request_edge import keep_private

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",  # CSP level 3: covers ws: and wss: of the same origin
        "worker-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SHARED_PAGE = "/s"  # of the web client: conversations that strangers read, for whoever was given a link
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"

# RFC 9110 §7.6.1, and the names that it lists as examples
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def with_security_headers(send: Send, path: str, *, is_https: bool) -> Send:
    """Return a `send` that adds the headers to the head of a reply to `path`, where they are not set already."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            keep_private(path, headers)
            if path == SHARED_PAGE:
                headers.setdefault("x-robots-tag", "noindex, nofollow, noarchive")
            if is_https:
                headers.setdefault("strict-transport-security", STRICT_TRANSPORT)
        await send(message)

    return send_with_headers
