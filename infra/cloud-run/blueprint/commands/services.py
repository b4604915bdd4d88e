"""`blueprint.sh services`: what is deployed, in order, for scripts."""

import argparse
import json

from blueprint.databases import database_secrets, services_with


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--databases", default="one", help="one or each; see databases/")
    parser.add_argument("--bus", default="postgres", help="postgres or pubsub")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a JSON list. Raises InvalidManifest."""
    services = services_with(arguments.databases, arguments.bus)
    listed = [
        {
            "key": service.key,
            "name": service.name,
            "account": service.account,
            "serves": service.serves,
            "needs": service.needs,
            "dockerfile": f"infra/cloud-run/{service.key}-service.Dockerfile",
            "requirements": f"infra/cloud-run/{service.key}-requirements.txt",
            "secrets": {"required": service.required_secrets, "optional": service.optional_secrets},
            "databases": database_secrets([service]),
        }
        for service in services
    ]
    print(json.dumps(listed, indent=2))
    return 0
