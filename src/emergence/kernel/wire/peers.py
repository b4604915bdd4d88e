"""Which transport leads to which service, resolved at call time."""

from collections.abc import Mapping

from emergence.kernel.errors import Unavailable
from emergence.kernel.wire.messages import Transport


class Peers:
    """Service name to transport; filled by the composition, read at each call."""

    def __init__(self, transports: Mapping[str, Transport] | None = None) -> None:
        self._transports = dict(transports or {})

    def connect(self, service: str, transport: Transport) -> None:
        """Make `transport` the way to `service`, replacing an earlier one."""
        self._transports[service] = transport

    def transport(self, service: str) -> Transport:
        """Return the way to `service`. Raises Unavailable when there is none."""
        try:
            return self._transports[service]
        except KeyError:
            setting = f"{service.upper()}_SERVICE_URL"
            raise Unavailable(f"The {service} service is not part of this process; set {setting}.") from None

    async def close(self) -> None:
        """Close every transport."""
        for transport in self._transports.values():
            await transport.close()
