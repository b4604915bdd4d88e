"""`blueprint.sh edge`: what stands in front of the services, each in its own words, from routes.yaml."""

import argparse
import json
from pathlib import Path

import yaml

from blueprint.edge.api_gateway import api_gateway
from blueprint.edge.envoy import envoy
from blueprint.edge.routes import Routes, as_data, load_routes
from blueprint.edge.url_map import url_map
from blueprint.files import REPOSITORY
from blueprint.refusal import InvalidManifest
from blueprint.render import PROJECT, PROJECT_NUMBER, PUBLIC_URL, REGION
from blueprint.services import service_of

LOCAL = "127.0.0.1:8080"
FIRST_LOCAL_PORT = 8101


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--env", default="dev", help="stands in the files' first lines")
    parser.add_argument("--project", default="")
    parser.add_argument("--project-number", default="", help="it is part of the services' addresses")
    parser.add_argument("--region", default="europe-west1")
    parser.add_argument("--public-url", default="", help="address that browsers use")
    parser.add_argument("--out", type=Path, help="folder to write into")
    parser.add_argument("--format", choices=("files", "json"), default="files", help="json prints the table itself")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write three files, or print the table. Raises InvalidManifest."""
    routes = load_routes()
    if arguments.format == "json":
        print(json.dumps(as_data(routes), indent=2))
        return 0
    if not PROJECT.fullmatch(arguments.project) or not PUBLIC_URL.fullmatch(arguments.public_url) or not arguments.out:
        raise InvalidManifest("--project, --public-url (https://chat.example.org) and --out FOLDER are required")
    if not PROJECT_NUMBER.fullmatch(arguments.project_number):
        raise InvalidManifest("--project-number is required: without it the API gateway would ask addresses of nobody")
    if not REGION.fullmatch(arguments.region):
        raise InvalidManifest(f"--region {arguments.region!r} must be a region like europe-west1")
    arguments.out.mkdir(parents=True, exist_ok=True)
    product = json.loads((REPOSITORY / "docs" / "api" / "openapi.json").read_text())
    documents = {
        "url-map.yaml": url_map(routes, arguments.project, arguments.public_url),
        "api-gateway.yaml": api_gateway(routes, product, _addresses(routes, arguments)),
        "envoy.yaml": envoy(routes, LOCAL, local_backends(routes)),
    }
    for name, document in documents.items():
        heading = f"# Written by blueprint.sh edge from routes.yaml, for {arguments.env}; change that instead.\n"
        (arguments.out / name).write_text(heading + yaml.safe_dump(document, sort_keys=False))
        print(arguments.out / name)
    return 0


def local_backends(routes: Routes) -> dict[str, str]:
    """Return an address on this machine for each service."""
    return {name: f"127.0.0.1:{FIRST_LOCAL_PORT + place}" for place, name in enumerate(routes.backends())}


def _addresses(routes: Routes, arguments: argparse.Namespace) -> dict[str, str]:
    names = {key: service_of(key).name for key in routes.backends()}
    return {key: f"https://{name}-{arguments.project_number}.{arguments.region}.run.app" for key, name in names.items()}
