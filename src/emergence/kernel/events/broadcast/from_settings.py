"""Which broadcast a process uses: the one of its bus, or with Pub/Sub that of its service's own database."""

from typing import assert_never

from emergence.kernel.events.broadcast.broadcast import Broadcast
from emergence.kernel.events.broadcast.postgres import PostgresBroadcast
from emergence.kernel.events.bus.from_settings import bus_address
from emergence.kernel.surroundings import CommonSettings, service_database_url


def broadcast_from_settings(settings: CommonSettings, service: str) -> Broadcast:
    """Return the broadcast among instances of `service` that `EMERGENCE_BUS` names; it connects on first use.

    Raises SettingsInvalid when it has no address.
    """
    match settings.emergence_bus:
        case "postgres":
            return PostgresBroadcast(bus_address(settings))
        case "nats":
            from emergence.kernel.events.broadcast.nats import NatsBroadcast  # only whoever uses it pays for loading it

            return NatsBroadcast(bus_address(settings))
        case "pubsub":  # has no subscription for each instance that comes and goes within seconds
            return PostgresBroadcast(service_database_url(settings, service))
        case other:
            assert_never(other)
