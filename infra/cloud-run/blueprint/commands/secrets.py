"""`blueprint.sh secrets [SERVICE]`: which secrets exist, and who reads them."""

import argparse

from blueprint.services import every_service, service_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("service", nargs="?")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each secret of each service. Raises InvalidManifest."""
    services = [service_of(arguments.service)] if arguments.service else every_service()
    for service in services:
        for name in service.required_secrets:
            print(name, "required", service.key)
        for name in service.optional_secrets:
            print(name, "optional", service.key)
    return 0
