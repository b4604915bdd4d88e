"""`blueprint.sh kubernetes`: the same services for a cluster with Istio; it writes files and applies nothing."""

import argparse
from pathlib import Path

import yaml

from blueprint.kubernetes.cluster import Cluster, Json
from blueprint.kubernetes.documents import documents
from blueprint.policy import require_guarded
from blueprint.refusal import InvalidManifest

FIRST_LINE = "# Written by blueprint.sh kubernetes from the manifests and routes.yaml, for {}; change those instead.\n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--env", required=True, help="dev, staging or prod; the namespace is called so")
    parser.add_argument("--project", required=True, help="whose service accounts the pods act as")
    parser.add_argument("--public-url", required=True, help="address that browsers use")
    parser.add_argument("--image", action="append", default=[], metavar="SERVICE=NAME@sha256:…", help="one a service")
    parser.add_argument("--profile", default="default", help="default or seed")
    parser.add_argument("--bus", default="postgres", help="how events travel: postgres or pubsub")
    parser.add_argument("--databases", default="one", help="one for all services, or each its own: one or each")
    parser.add_argument("--gateway-namespace", default="istio-ingress", help="where the gateway's own pods run")
    parser.add_argument("--gateway-account", default="istio-ingressgateway", help="as whom they run")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write a file for each service and one for what is around them. Raises InvalidManifest."""
    pairs = [word.partition("=") for word in arguments.image]
    if malformed := [name for name, separator, _ in pairs if not separator]:
        raise InvalidManifest(f"--image {malformed[0]!r} must be SERVICE=NAME@sha256:…")
    cluster = Cluster(
        environment=arguments.env,
        project=arguments.project,
        public_url=arguments.public_url,
        images={name: image for name, _, image in pairs},
        profile=arguments.profile,
        bus=arguments.bus,
        databases=arguments.databases,
        gateway_namespace=arguments.gateway_namespace,
        gateway_account=arguments.gateway_account,
    )
    found = documents(cluster)
    require_guarded(found)
    arguments.out.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[Json]] = {}
    for each in found:
        files.setdefault(_file(each), []).append(each)
    for name, kept in files.items():
        text = yaml.dump_all(kept, Dumper=_Whole, sort_keys=False)
        (arguments.out / name).write_text(FIRST_LINE.format(arguments.env) + text)
        print(arguments.out / name)
    return 0


class _Whole(yaml.SafeDumper):
    """Says everything where it is; YAML's references are read by few people."""

    def ignore_aliases(self, _: object) -> bool:
        return True


def _file(document: Json) -> str:
    """Return the file of a document; applied in the order of their names, guards come before what they guard."""
    kind, name = document["kind"], document["metadata"]["name"]
    if kind in ("Namespace", "PeerAuthentication") or name == "nobody":
        return "0-namespace.yaml"
    return "2-entrance.yaml" if kind in ("Gateway", "VirtualService") else f"1-{name}.yaml"
