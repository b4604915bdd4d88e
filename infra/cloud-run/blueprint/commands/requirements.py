"""`blueprint.sh requirements`: lock what each service imports, and nothing else."""

import argparse

from blueprint.requirements import lock, wishes
from blueprint.services import every_service, service_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("service", nargs="*", help="default: all")
    parser.add_argument(
        "--upgrade", action="store_true", help="take newer versions of what the tested lock leaves open"
    )
    parser.add_argument("--show", action="store_true", help="print the wishes and write nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write NAME-requirements.txt for each service. Raises InvalidManifest, MissingTool, Refusal."""
    services = [service_of(key) for key in arguments.service] or every_service()
    for service in services:
        if arguments.show:
            print(f"# {service.key}", *wishes(service).values(), sep="\n")
        else:
            print(f"Locking {lock(service, is_upgrade=arguments.upgrade).name} …")
    return 0
