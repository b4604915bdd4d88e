"""`blueprint.sh new SERVICE`: another service of Cloud Run, from the pattern of those that are there."""

import argparse

from blueprint.files import FOLDER
from blueprint.new_service import new_service
from blueprint.requirements import lock
from blueprint.services import every_service


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("service", help="its name, like chat")
    parser.add_argument("--serves", action="append", default=[], help="services of the product; default: its name")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write its four files, and what changes where it ran before. Raises InvalidManifest, MissingTool, Refusal."""
    for path, text in new_service(arguments.service, arguments.serves or [arguments.service]).items():
        path.write_text(text)
        if path.suffix == ".sh":
            path.chmod(0o755)
        print(path.relative_to(FOLDER))
    for service in every_service():
        print(lock(service).relative_to(FOLDER))
    return 0
