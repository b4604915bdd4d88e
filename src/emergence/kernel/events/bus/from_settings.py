"""Which bus a process uses, by one setting, and how its events come to a service."""

from typing import assert_never

from fastapi import FastAPI

from emergence.kernel.events.bus.bus import Bus
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.events.pubsub_address import GoogleHosts
from emergence.kernel.events.subscriber import Subscriber
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
        case "pubsub":
            from emergence.kernel.events.bus.pubsub import PubsubBus

            return PubsubBus(
                bus_address(settings),
                hosts=GoogleHosts(settings.pubsub_emulator_host, settings.gce_metadata_host),
                is_pushed=settings.emergence_bus_push_account is not None,
            )
        case other:
            assert_never(other)


def take_pushed_events(app: FastAPI, settings: CommonSettings, bus: Bus, subscriber: Subscriber) -> None:
    """Let `app` take the events of `subscriber` at a route, where Pub/Sub pushes them; else they are read."""
    account, address = settings.emergence_bus_push_account, settings.own_address()
    if account is None or address is None:
        return
    from emergence.kernel.events.bus.pubsub import PubsubBus
    from emergence.kernel.events.bus.pubsub_push import add_push_route

    if isinstance(bus, PubsubBus):
        add_push_route(app, bus, subscriber, address=address, account=account)


def bus_address(settings: CommonSettings) -> str:
    """Return where the bus is. Raises SettingsInvalid when nothing says so."""
    url = settings.emergence_bus_url or settings.database_url
    if url is None:
        raise SettingsInvalid("EMERGENCE_BUS_URL: is required when DATABASE_URL is not set (events need a place)")
    return url.get_secret_value()
