"""`blueprint.sh cost`: what the manifests cost a month; fails when the default profile leaves its budget."""

import argparse
import json
import sys
from decimal import Decimal

from blueprint.cost_report import BUDGET, report, text


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--profile", default="default", help="default or seed")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print it. Raises InvalidManifest."""
    told = report(arguments.profile)
    print(json.dumps(told, indent=2) if arguments.format == "json" else text(told))
    if arguments.profile == "default" and Decimal(told["total"]["minimum"]) > BUDGET:
        print(f"blueprint cost: the default profile must cost at most {BUDGET} USD at minimum", file=sys.stderr)
        return 1
    return 0
