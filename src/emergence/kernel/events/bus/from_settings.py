"""Which bus a process uses, by one setting."""

from typing import assert_never

from emergence.kernel.events.bus.bus import Bus
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.surroundings import CommonSettings


def bus_from_settings(settings: CommonSettings) -> Bus:
    """Return the bus that `EMERGENCE_BUS` names; it connects on first use.

    Raises SettingsInvalid when it has no address.
    """
    match settings.emergence_bus:
        case "postgres":
            return PostgresBus(bus_address(settings))
        case "nats":
            from emergence.kernel.events.bus.nats import NatsBus  # only whoever uses it pays for loading it

            return NatsBus(bus_address(settings))
        case other:
            assert_never(other)


def bus_address(settings: CommonSettings) -> str:
    """Return where the bus is. Raises SettingsInvalid when nothing says so."""
    url = settings.emergence_bus_url or settings.database_url
    if url is None:
        raise SettingsInvalid("EMERGENCE_BUS_URL: is required when DATABASE_URL is not set (events need a place)")
    return url.get_secret_value()
