"""Which broadcast a process uses: the one of its bus."""

from typing import assert_never

from emergence.kernel.events.broadcast.broadcast import Broadcast
from emergence.kernel.events.broadcast.postgres import PostgresBroadcast
from emergence.kernel.events.bus.from_settings import bus_address
from emergence.kernel.surroundings import CommonSettings


def broadcast_from_settings(settings: CommonSettings) -> Broadcast:
    """Return the broadcast that `EMERGENCE_BUS` names; it connects on first use.

    Raises SettingsInvalid when it has no address.
    """
    match settings.emergence_bus:
        case "postgres":
            return PostgresBroadcast(bus_address(settings))
        case "nats":
            from emergence.kernel.events.broadcast.nats import NatsBroadcast  # only whoever uses it pays for loading it

            return NatsBroadcast(bus_address(settings))
        case other:
            assert_never(other)
