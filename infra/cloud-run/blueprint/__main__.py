"""`blueprint.sh COMMAND …`: each command is a module with `configure` and `run`."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from blueprint.refusal import Refusal

COMMANDS = {
    "services": "Print every service with its account, what it serves and which secrets it reads, as JSON.",
    "secrets": "Print the secrets that services read, one a line: NAME required|optional SERVICE.",
    "render": "Print the manifest of one service for one environment.",
    "capacity": "Print how many instances of a service there may be, what one holds and costs, as JSON.",
    "cost": "Print what the manifests cost a month, beside what was once estimated.",
    "policy": "Check manifests against the rules in policy/.",
    "edge": "Write the URL map, the API gateway's OpenAPI and Envoy's configuration from routes.yaml.",
    "envoy": "Print Envoy's configuration for processes on this machine.",
    "kubernetes": "Write everything for a cluster with Istio (Anthos on GKE); nothing is applied.",
    "images": "Build, weigh, look into and start every image; say whether each keeps its targets.",
    "sbom": "Write what images consist of, as CycloneDX.",
    "provenance": "Write who built images from what, signed; or check that.",
    "requirements": "Write *-requirements.txt from what each service imports.",
    "new": "Write the four files of another service.",
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; return its status: 0 done, 1 something was found, 2 asked wrongly, else the refusal's own."""
    parser = argparse.ArgumentParser(prog="blueprint.sh", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    given = list(sys.argv[1:] if words is None else words)
    for name, explanation in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=explanation, description=explanation)
        if name in given[:1]:
            import_module(f"blueprint.commands.{name}").configure(subparser)
    arguments = parser.parse_args(given)
    try:
        status: int = arguments.run(arguments)
    except Refusal as refusal:
        print(f"blueprint {arguments.command}: {refusal}", file=sys.stderr)
        return refusal.status
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
