"""The gateway's variables."""

from pydantic import Field

from emergence.kernel.settings import Boolean
from emergence.kernel.surroundings import CommonSettings


class GatewaySettings(CommonSettings):
    """What the front door reads."""

    gateway_trusted_hops: int = Field(
        default=0,
        ge=0,
        le=5,
        description="Proxies before the gateway whose X-Forwarded-For is believed; 0: browsers connect directly.",
    )
    gateway_loopback_only: Boolean = Field(
        default=False,
        description="Answer to loopback host names only (DNS rebinding); `emergence up` sets it on 127.0.0.1.",
    )
