"""`blueprint.sh render SERVICE …`: the manifest that `gcloud run services replace` takes."""

import argparse
import json

import yaml

from blueprint.policy import require_kept
from blueprint.refusal import InvalidManifest
from blueprint.render import Target, rendered
from blueprint.services import service_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("service")
    parser.add_argument("--env", required=True, help="dev, staging or prod")
    parser.add_argument("--project", required=True)
    parser.add_argument("--project-number", required=True, help="it is part of the services' addresses")
    parser.add_argument("--region", default="europe-west1")
    parser.add_argument("--image", required=True, help="by digest: REPOSITORY/NAME@sha256:…")
    parser.add_argument("--revision-suffix", required=True, help="the commit that is deployed")
    parser.add_argument("--profile", default="default", help="default or seed")
    parser.add_argument("--bus", default="postgres", help="how events travel: postgres or pubsub")
    parser.add_argument("--databases", default="one", help="one for all services, or each its own: one or each")
    parser.add_argument("--collector", metavar="IMAGE", help="put the collector of figures beside it; by digest")
    parser.add_argument("--public-url", help="address that browsers use; needed behind the load balancer")
    parser.add_argument("--secret", action="append", default=[], metavar="NAME=VERSION")
    parser.add_argument("--vpc", default="emergence", metavar="NETWORK/SUBNETWORK")
    parser.add_argument("--standby", action="store_true", help="keep no instance: the region serves nobody yet")
    parser.add_argument("--format", choices=("json", "yaml"), default="json")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print it. Raises InvalidManifest."""
    network, _, subnetwork = arguments.vpc.partition("/")
    target = Target(
        environment=arguments.env,
        project=arguments.project,
        project_number=arguments.project_number,
        region=arguments.region,
        image=arguments.image,
        revision=arguments.revision_suffix,
        secrets=_versions(arguments.secret),
        profile=arguments.profile,
        bus=arguments.bus,
        databases=arguments.databases,
        collector=arguments.collector,
        public_url=arguments.public_url,
        network=network,
        subnetwork=subnetwork or None,
        least="0" if arguments.standby else None,
    )
    manifest = rendered(arguments.service, target)
    require_kept(service_of(arguments.service), target, manifest)
    as_yaml = arguments.format == "yaml"
    print(yaml.safe_dump(manifest, sort_keys=False) if as_yaml else json.dumps(manifest, indent=2))
    return 0


def _versions(words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if malformed := [name for name, separator, _ in pairs if not (name and separator)]:
        raise InvalidManifest(f"--secret {malformed[0]!r} must be NAME=VERSION")
    return {name: version for name, _, version in pairs}
