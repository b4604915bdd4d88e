"""`blueprint.sh envoy`: Envoy's configuration for processes on this machine."""

import argparse

import yaml

from blueprint.edge.envoy import envoy, find_envoy
from blueprint.edge.routes import load_routes
from blueprint.refusal import InvalidManifest


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--listen", default="127.0.0.1:8080")
    parser.add_argument("--backend", action="append", default=[], metavar="SERVICE=HOST:PORT")
    parser.add_argument("--admin", metavar="HOST:PORT", help="where Envoy tells about itself; default: nowhere")
    parser.add_argument("--which", action="store_true", help="print where the program Envoy is instead")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print it. Raises InvalidManifest, MissingTool."""
    if arguments.which:
        print(find_envoy())
        return 0
    pairs = [word.partition("=") for word in arguments.backend]
    if malformed := [word for word, (_, _, address) in zip(arguments.backend, pairs, strict=True) if not address]:
        raise InvalidManifest(f"--backend {malformed[0]!r} must be like auth=127.0.0.1:8101")
    backends = {name: address for name, _, address in pairs}
    print(yaml.safe_dump(envoy(load_routes(), arguments.listen, backends, arguments.admin), sort_keys=False))
    return 0
