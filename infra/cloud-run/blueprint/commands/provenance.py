"""`blueprint.sh provenance SERVICE=IMAGE… --key KEY`: what images were built from, signed; `--verify FILE` checks."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from blueprint.files import FOLDER
from blueprint.images.engine import find_engine, named_images
from blueprint.images.provenance import base_of, commit_of, signed, statement, verified
from blueprint.refusal import Refusal


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("image", nargs="*", metavar="SERVICE[=IMAGE]", help="default: what `images` built")
    parser.add_argument("--key", type=Path, help="Ed25519, PEM; one is made by: openssl genpkey -algorithm ed25519")
    parser.add_argument("--verify", type=Path, metavar="FILE", help="check an envelope with --public and --digest")
    parser.add_argument("--public", type=Path, help="the public key, PEM")
    parser.add_argument("--digest", help="sha256:… of the image it must be about")
    parser.add_argument("--out", type=Path, default=FOLDER / "build" / "provenance")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write envelopes and print where, or check one. Raises MissingTool, Refusal."""
    if arguments.verify is not None:
        if arguments.public is None or arguments.digest is None:
            raise Refusal("--verify needs --public KEY and --digest sha256:…")
        content = verified(json.loads(arguments.verify.read_text()), arguments.public, arguments.digest)
        print(json.dumps(content["predicate"], indent=2))
        return 0
    if arguments.key is None:
        raise Refusal("--key is required; make one with: openssl genpkey -algorithm ed25519 -out KEY")
    engine = find_engine()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for key, image in named_images(engine, arguments.image).items():
        digest = engine.digest(image)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        envelope = signed(
            statement(key, digest, base_of(engine, image), commit_of(engine, image), made_at), arguments.key
        )
        path = arguments.out / f"{key}-{digest.removeprefix('sha256:')[:12]}.intoto.json"
        path.write_text(json.dumps(envelope) + "\n")
        print(path)
    return 0
