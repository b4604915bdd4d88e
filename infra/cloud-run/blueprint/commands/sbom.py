"""`blueprint.sh sbom SERVICE=IMAGE…`: what images consist of, a CycloneDX file for each digest."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from blueprint.files import FOLDER
from blueprint.images.contents import contents_of
from blueprint.images.engine import find_engine, named_images
from blueprint.images.sbom import sbom


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("image", nargs="*", metavar="SERVICE[=IMAGE]", help="default: what `images` built")
    parser.add_argument("--out", type=Path, default=FOLDER / "build" / "sbom")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write them and print where. Raises MissingTool, Refusal."""
    engine = find_engine()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for key, image in named_images(engine, arguments.image).items():
        digest = engine.digest(image)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        path = arguments.out / f"{key}-{digest.removeprefix('sha256:')[:12]}.cdx.json"
        path.write_text(json.dumps(sbom(key, digest, made_at, contents_of(engine, image)), indent=1) + "\n")
        print(path)
    return 0
