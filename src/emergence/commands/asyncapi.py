"""`emergence asyncapi`: the live protocol `emergence.v1` as AsyncAPI 3.0."""

import argparse
import json

from emergence.session.asyncapi import asyncapi_document


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print the document; the same program always prints the same bytes."""
    print(json.dumps(asyncapi_document(), indent=2, ensure_ascii=False))
    return 0
