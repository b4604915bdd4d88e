"""A program for the tests of crashes: does one piece of work on personal data until it is killed.

Arguments: what to do, the address of the database, and what time it is. A neighbour never finishes its answer.
"""

import asyncio
import sys
from datetime import datetime

from emergence.auth.app import build_parts
from emergence.auth.export.collect_exports import collect_due_exports
from emergence.auth.settings import AuthSettings
from emergence.auth.sweep import sweep
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.revocations import Revocations
from emergence.kernel.storage.database import Database
from emergence.kernel.wire.peers import Peers
from emergence.session.store.personal_data import PERSONAL_TABLES
from tests.auth.holders import scripted_holders
from tests.auth.served_auth import auth_environ
from tests.frozen_clock import FrozenClock

WHAT, DATABASE_URL, NOW = sys.argv[1], sys.argv[2], FrozenClock(datetime.fromisoformat(sys.argv[3]))


async def main() -> None:
    peers = Peers()
    holders = scripted_holders(peers)
    holders["session"].rows = {
        "messages": [f'{{"text": "{"first attempt " * 3_000}{number}"}}' for number in range(200)]
    }
    holders["chat"].goes_on = asyncio.Event()
    auth = build_parts(AuthSettings.read(auth_environ(DATABASE_URL)), NOW, peers, Revocations(NOW))
    match WHAT:
        case "collect":
            await collect_due_exports(auth)
        case "sweep":
            await sweep(auth)
        case "erase":
            await Erasing(Database(DATABASE_URL, "session"), PERSONAL_TABLES, NOW).erase_due()


asyncio.run(main())
