"""`emergence inventory`: print as JSON what the databases hold, so that what was restored can be compared with it."""

import argparse
import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from emergence.commands.migrate import addresses
from emergence.composition import SERVICES
from emergence.kernel.errors import Unavailable
from emergence.kernel.logs import configure_logs
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.inventory import Bracket, Contents, Inventory, bracketed

POSTGRESQL = ("postgresql", "postgres")
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--host", type=_host, help="ask this server in place of the one that the settings name")
    parser.add_argument("--label", default="", help="what the output is to be found by later")
    parser.add_argument(
        "--bracket", type=_seconds, default=0.0, metavar="SECONDS",
        help="look twice, so long apart, for a database that is written to meanwhile; default: once",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look and print one line; nothing is written. Needs addresses alone."""
    configure_logs("ERROR", "text")
    urls = _databases(os.environ, arguments.host)
    try:
        found = asyncio.run(bracketed(urls, timedelta(seconds=arguments.bracket)))
    except Unavailable as refusal:
        print(f"emergence inventory: {refusal}", file=sys.stderr)
        return 1
    print(json.dumps({"message": "inventory", "inventory": told(found, arguments.label)}), flush=True)
    return 0


def told(found: Bracket, label: str) -> dict[str, object]:
    """Return it as data. A table has one entry, or two where it changed around the moment."""
    return {
        "label": label,
        "moment": found.moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "databases": {name: _told(before, found.after[name]) for name, before in found.before.items()},
    }


def _told(before: Inventory, after: Inventory) -> dict[str, object]:
    names = sorted({*before.tables, *after.tables})
    return {
        "tables": {name: _entries(before.tables.get(name), after.tables.get(name)) for name in names},
        "migrations": after.migrations,
        "unread": after.unread,
    }


def _entries(*seen: Contents | None) -> list[dict[str, str | int]]:
    # As text: readers of JSON take numbers for floating ones.
    known = dict.fromkeys(each for each in seen if each is not None)
    return [{"rows": each.rows, "checksum": str(each.checksum)} for each in known]


def _databases(environ: Mapping[str, str], host: str | None) -> dict[str, str]:
    """Return each database's name and address. Raises SettingsInvalid."""
    given = [url for url in addresses(list(SERVICES), environ).values() if urlsplit(url).scheme in POSTGRESQL]
    places = {(urlsplit(url).hostname, urlsplit(url).port or 5432) for url in given}
    if len(places) > 1 or None in {name for name, _ in places}:
        raise SettingsInvalid("DATABASE_URL: the services' databases must be on one server, named by its host")
    return {_name(url): url if host is None else _at(url, host) for url in given}


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/"))


def _at(url: str, host: str) -> str:
    parts = urlsplit(url)
    account, _, _ = parts.netloc.rpartition("@")
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{account}@{host}{port}" if account else f"{host}{port}").geturl()


def _host(text: str) -> str:
    if HOST.fullmatch(text) is None:
        raise argparse.ArgumentTypeError("must be a host's name or its address")
    return text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 60:
        raise argparse.ArgumentTypeError("must be 0 to 60")
    return seconds
