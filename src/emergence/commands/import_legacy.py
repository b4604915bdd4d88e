"""`emergence import-legacy`: bring people and conversations over from the SQLite database of the former system."""

import argparse
import asyncio
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from emergence.contracts.auth.values import Email
from emergence.kernel.errors import ServiceError
from emergence.kernel.logs import configure_logs
from emergence.kernel.storage.embedded.errors import EngineError
from emergence.kernel.storage.migrate import MigrationRefused
from emergence.legacy.bring_over import Import, NobodyNamed
from emergence.legacy.refused_file import NoNewFile, new_private_file, require_new
from emergence.legacy.report import RefusedRows, all_agree, as_json, as_text, printable, progress_of
from emergence.legacy.store import Source, SourceUnreadable
from emergence.legacy.target import opened_target
from emergence.operator_environment import operator_environment

EMAIL: TypeAdapter[str] = TypeAdapter(Email)
NAME = "emergence import-legacy"
DIFFERENT = "what is here is not what the file holds: docs/legacy-import.md says what to look at."


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the former database, such as data/db/emergence_v7.db")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; say what would be done")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--refused",
        type=Path,
        metavar="FILE",
        help="write every row that is refused or cut, a line of JSON each, into this new file",
    )
    parser.add_argument(
        "--same-person",
        action="append",
        default=[],
        type=_same_person,
        metavar="ID=ADDRESS",
        help="whose a user_id is that no former sign-in explains; may be given several times",
    )
    parser.add_argument(
        "--oauth-issuer",
        type=_issuer,
        metavar="URL",
        help="the provider that oauth_sub is of, such as https://accounts.google.com",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring everything over; doing it again changes nothing. 1: it failed, or both sides differ; 2: asked wrongly."""
    configure_logs("CRITICAL", "text")  # what was done and what failed is printed below
    try:
        return asyncio.run(_run(arguments))
    except (NoNewFile, NobodyNamed) as problem:
        print(f"{NAME}: {printable(problem)}", file=sys.stderr)
        return 2
    except (ServiceError, EngineError, MigrationRefused, SourceUnreadable, OSError) as problem:
        print(f"{NAME}: {printable(_reason(problem))}", file=sys.stderr)
        return 1


async def _run(arguments: argparse.Namespace) -> int:
    writes = not arguments.dry_run
    if arguments.refused is not None:
        require_new(arguments.refused, arguments.file)
    with ExitStack() as held:
        source = held.enter_context(Source(arguments.file))
        async with operator_environment(os.environ) as environ, opened_target(environ, writes=writes) as target:
            refused = RefusedRows(None)
            if arguments.refused is not None:
                refused = RefusedRows(held.enter_context(new_private_file(arguments.refused)))
            tallies = await Import(
                source, target, arguments.oauth_issuer, arguments.same_person, progress_of().tell, refused.note
            ).run()
        differences = source.differences()
    print((as_json if arguments.json else as_text)(differences, tallies, writes=writes))
    if not all_agree(tallies):
        print(f"{NAME}: {DIFFERENT}", file=sys.stderr)
        return 1
    return 0


def _same_person(words: str) -> tuple[str, str]:
    known_as, _, email = words.rpartition("=")
    try:
        return known_as.strip(), EMAIL.validate_python(email)
    except ValidationError:
        raise argparse.ArgumentTypeError("must be like 17=ada@example.org") from None


def _issuer(words: str) -> str:
    address = urlsplit(words)
    if address.scheme != "https" or not address.hostname:
        raise argparse.ArgumentTypeError("must be like https://accounts.google.com")
    return words


def _reason(problem: Exception) -> object:
    if isinstance(problem, ServiceError):
        return problem.detail
    return problem.strerror or problem if isinstance(problem, OSError) else problem
