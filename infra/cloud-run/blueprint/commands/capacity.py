"""`blueprint.sh capacity SERVICE`: how many instances there may be, what one holds and what it costs, as JSON."""

import argparse
import json

from blueprint.capacity import capacity


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("service")
    parser.add_argument("--env", required=True, help="dev, staging or prod")
    parser.add_argument("--profile", default="default", help="default or seed")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print it. Raises InvalidManifest."""
    print(json.dumps(capacity(arguments.service, arguments.profile, arguments.env), indent=2))
    return 0
