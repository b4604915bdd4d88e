"""`emergence openapi`: the public REST interface of every service in one document."""

import argparse
import json

from emergence.composition import public_openapi


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print the document; the same program always prints the same bytes."""
    print(json.dumps(public_openapi(), indent=2, sort_keys=True, ensure_ascii=False))
    return 0
