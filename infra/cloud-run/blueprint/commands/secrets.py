"""`blueprint.sh secrets [SERVICE]`: which secrets exist, and who reads them."""

import argparse

from blueprint.databases import services_with, with_databases
from blueprint.services import service_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("service", nargs="?")
    parser.add_argument("--databases", default="one", help="one or each; see databases/")
    parser.add_argument("--bus", default="postgres", help="postgres or pubsub")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each secret of each service. Raises InvalidManifest."""
    services = services_with(arguments.databases, arguments.bus)
    if arguments.service:
        services = [with_databases(service_of(arguments.service), arguments.databases, arguments.bus)]
    for service in services:
        for name in service.required_secrets:
            print(name, "required", service.key)
        for name in service.optional_secrets:
            print(name, "optional", service.key)
    return 0
