"""`blueprint.sh policy [FILE…]`: whether manifests keep the rules."""

import argparse
from pathlib import Path

from blueprint.files import load
from blueprint.policy import about_service, everything
from blueprint.refusal import InvalidManifest
from blueprint.services import service_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("file", nargs="*", type=Path, help="rendered manifests; default: all that can be rendered")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding and the count; 15 when there is one. Raises Refusal."""
    looked_at = [_about_file(path) for path in arguments.file] or list(everything())
    failed = [(what, found) for what, found in looked_at if found]
    for what, found in failed:
        for sentence in found:
            print(f"{what}: {sentence}")
    print(f"{len(looked_at) - len(failed)} passed, {len(failed)} failed")
    return InvalidManifest.status if failed else 0


def _about_file(path: Path) -> tuple[str, list[str]]:
    manifest = load(path)
    try:
        labels = manifest["metadata"]["labels"]
        service, environment = service_of(labels["service"]), labels["environment"]
    except (KeyError, TypeError):
        raise InvalidManifest(f"{path}: metadata.labels must name service and environment") from None
    return str(path), about_service(service, environment, manifest)
