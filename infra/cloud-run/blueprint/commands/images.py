"""`blueprint.sh images [SERVICE…]`: build every image for real, start it, and hold it against its targets."""

import argparse

from blueprint.images.engine import find_engine
from blueprint.images.verify import JUDGED, database, notices_a_missing_module, verify, write_results
from blueprint.refusal import MissingTool
from blueprint.services import every_service, service_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("service", nargs="*", help="default: all")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each image and the count. Where no engine is, say so and skip. Raises Refusal."""
    services = [service_of(key) for key in arguments.service] or every_service()
    try:
        engine = find_engine()
    except MissingTool as missing:
        print(f"skipped: {missing}")
        return 0
    results = []
    with database() as address:
        for service in services:
            result = verify(engine, service, address)
            results.append(result)
            figures = ", ".join(
                f"{name} {value}" for name, value in result.items() if name not in ("service", "problems")
            )
            print(f"{service.key}: {figures}", *result["problems"], sep="\n  ", flush=True)
        is_noticed = notices_a_missing_module(engine, services[0], address)
    print(f"{services[0].key} without part of its modules: {'noticed' if is_noticed else 'NOT noticed'}")
    failed = sum(bool(result["problems"]) for result in results) + (not is_noticed)
    print(f"written to {write_results(results)}")
    skipped = sum(result["cold_start"] != JUDGED for result in results)
    print(f"{len(results) + 1 - failed} passed, {failed} failed, {skipped} cold starts skipped")
    return 1 if failed else 0
