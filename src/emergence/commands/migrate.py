"""`emergence migrate [NAME…]`: bring the databases of services to this version's schema."""

import argparse
import asyncio
import os
import sys

from emergence.composition import SERVICES, check_names, settings_of
from emergence.kernel.logs import configure_logs
from emergence.kernel.storage.database import Database, DatabaseUnavailable
from emergence.kernel.storage.migrate import MigrationRefused, apply_migrations
from emergence.kernel.surroundings import service_database_url


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("services", nargs="*", metavar="NAME", default=list(SERVICES), help="default: all")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Apply what is missing, service by service; running it again changes nothing."""
    configure_logs("ERROR", "text")  # what was done and what failed is printed below
    for name in check_names(arguments.services):
        if name in SERVICES:
            url = service_database_url(settings_of(name).read(os.environ), name)
            try:
                asyncio.run(_migrate(name, url))
            except (DatabaseUnavailable, MigrationRefused) as refusal:
                print(f"emergence migrate: {name}: {refusal}", file=sys.stderr)
                return 1
    return 0


async def _migrate(name: str, url: str) -> None:
    database = Database(url, name, pool_size=1)
    try:
        applied = await apply_migrations(database, package=f"emergence.{name}.migrations")
    finally:
        await database.close()
    print(f"{name}: {', '.join(map(str, applied)) if applied else 'nothing to do'}", flush=True)
