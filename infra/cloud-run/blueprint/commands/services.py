"""`blueprint.sh services`: what is deployed, in order, for scripts."""

import argparse
import json

from blueprint.services import every_service


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print a JSON list."""
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
        }
        for service in every_service()
    ]
    print(json.dumps(listed, indent=2))
    return 0
