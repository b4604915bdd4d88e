"""`emergence migrate [NAME…]`: bring the databases of services, and the bus between them, to this version's schema."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence

from emergence.composition import SERVICES, check_names
from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.postgres import MIGRATIONS as BUS_MIGRATIONS
from emergence.kernel.events.nats_address import is_nats
from emergence.kernel.events.pubsub_address import GoogleHosts, is_pubsub
from emergence.kernel.logs import configure_logs
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import MigrationRefused, apply_migrations, apply_packages
from emergence.kernel.surroundings import first_database_url, given_bus_url, missing_database

BUS = "bus"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("services", nargs="*", metavar="NAME", default=list(SERVICES), help="default: all")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Apply what is missing, one after the other; running it again changes nothing. Needs addresses alone."""
    configure_logs("ERROR", "text")  # what was done and what failed is printed below
    for schema, url in addresses(arguments.services, os.environ).items():
        try:
            asyncio.run(_prepared(schema, url, arguments.services))
        except (Unavailable, MigrationRefused) as refusal:
            print(f"emergence migrate: {schema}: {refusal}", file=sys.stderr)
            return 1
    return 0


def addresses(asked: list[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return schema to address. Raises SettingsInvalid with every service that has none."""
    names = [name for name in check_names(asked) if name in SERVICES]
    found = {name: first_database_url(environ, f"{name.upper()}_DATABASE_URL", "DATABASE_URL") for name in names}
    if missing := [missing_database(name) for name, url in found.items() if url is None]:
        raise SettingsInvalid("\n".join(missing))
    found[BUS] = given_bus_url(environ)
    return {schema: url for schema, url in found.items() if url is not None}


async def _prepared(schema: str, url: str, services: Sequence[str]) -> None:
    if is_nats(url):
        await _prepare_nats(url)
    elif is_pubsub(url):
        await _prepare_pubsub(url, services)
    else:
        await _migrate(schema, url)


async def _prepare_pubsub(url: str, services: Sequence[str]) -> None:
    if os.environ.get("EMERGENCE_BUS_PUSH_ACCOUNT", "").strip():
        print(f"{BUS}: pushed, so its topics and subscriptions are made with the deployment", flush=True)
        return
    from emergence.kernel.events.bus.pubsub import PubsubBus  # only whoever uses it pays for loading it

    bus = PubsubBus(url, hosts=GoogleHosts.given(os.environ))
    try:
        await bus.prepare([name for name in services if name in SERVICES])
    finally:
        await bus.close()
    print(f"{BUS}: there", flush=True)


async def _prepare_nats(url: str) -> None:
    from emergence.kernel.events.bus.nats import NatsBus  # only whoever uses it pays for loading it

    bus = NatsBus(url)
    try:
        await bus.prepare()
    finally:
        await bus.close()
    print(f"{BUS}: there", flush=True)


async def _migrate(schema: str, url: str) -> None:
    database = Database(url, schema, pool_size=1)
    try:
        if schema == BUS:
            applied = await apply_packages(database, [BUS_MIGRATIONS])
        else:
            applied = await apply_migrations(database, package=f"emergence.{schema}.migrations")
    finally:
        await database.close()
    print(f"{schema}: {', '.join(applied) if applied else 'nothing to do'}", flush=True)
