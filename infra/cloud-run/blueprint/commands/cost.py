"""`blueprint.sh cost`: what the manifests cost a month; fails when the default profile leaves its budget."""

import argparse
import json
import sys
from decimal import Decimal

from blueprint.cost_beside import Place
from blueprint.cost_report import BUDGET, report, text


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--profile", default="default", help="default or seed")
    parser.add_argument("--env", default="prod", help="whose sizes, and whose load balancer; default: prod")
    parser.add_argument("--bus", default="postgres", help="postgres or pubsub")
    parser.add_argument("--database-tier", help="machine of the database, like db-g1-small; default: Terraform's")
    parser.add_argument("--vpc-connector", action="store_true", help="with a VPC connector, as Terraform can make one")
    parser.add_argument("--collector", action="store_true", help="with the collector of figures beside each service")
    parser.add_argument("--standby", action="store_true", help="with a second region that could take over")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print it. Raises InvalidManifest."""
    place = Place(
        environment=arguments.env,
        bus=arguments.bus,
        tier=arguments.database_tier,
        has_connector=arguments.vpc_connector,
        has_collector=arguments.collector,
        has_standby=arguments.standby,
    )
    told = report(arguments.profile, place=place)
    print(json.dumps(told, indent=2) if arguments.format == "json" else text(told))
    if arguments.profile == "default" and Decimal(told["total"]["minimum"]) > BUDGET:
        print(f"blueprint cost: the default profile must cost at most {BUDGET} USD at minimum", file=sys.stderr)
        return 1
    return 0
