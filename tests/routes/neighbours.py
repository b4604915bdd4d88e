"""What the product needs around it to do everything it can: models, a mail server, an OpenID provider, an address."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from emergence.kernel.clock import SystemClock
from tests.auth.mailbox import SENDER, Mailbox, mailbox_at
from tests.auth.open_id_provider import OpenIdProvider, open_id_provider
from tests.auth.served_with_providers import provider_settings
from tests.scripted_models.openai_server import OpenAIServer


@dataclass(frozen=True)
class Neighbours:
    """Running neighbours, and the port at which the product is expected: links and callbacks lead there."""

    models_url: str
    mailbox: Mailbox
    provider: OpenIdProvider
    port: int

    def environ(self) -> dict[str, str]:
        """Return the settings that make the product use them."""
        return {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.mailbox.port),
            "SMTP_TLS": "none",
            "SMTP_FROM_EMAIL": SENDER,
            "EMERGENCE_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "AUTH_OIDC_PROVIDERS": json.dumps([provider_settings(self.provider.issuer)]),
        }


@asynccontextmanager
async def neighbours() -> AsyncIterator[Neighbours]:
    """Run them all."""
    async with OpenAIServer() as models, mailbox_at() as mailbox, open_id_provider(SystemClock()) as provider:
        yield Neighbours(models.base_url, mailbox, provider, _free_port())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
