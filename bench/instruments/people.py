"""People with a password in auth's database, as many as a measurement needs."""

from collections.abc import Mapping

from emergence.auth.app import build_parts
from emergence.auth.settings import AuthSettings
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import Role
from emergence.kernel.clock import SystemClock
from emergence.kernel.ids import new_id
from emergence.kernel.revocations import Revocations
from emergence.kernel.wire.peers import Peers

PASSWORD = "correct horse battery staple"


async def add_people(environ: Mapping[str, str], count: int) -> list[str]:
    """Store accounts with PASSWORD in the database that `environ` names; return their addresses."""
    clock = SystemClock()
    auth = build_parts(AuthSettings.read(environ), clock, Peers(), Revocations(clock))
    addresses = [f"person{number}@example.org" for number in range(count)]
    phc = await auth.passwords.hash(PASSWORD)
    try:
        for address in addresses:
            account = Account(new_id(), address, Role.MEMBER, True, address)
            async with auth.database.transaction() as tx:
                await users.add_user(tx, account, clock.now())
                await users.add_email(tx, account.user_id, address, address)
                await users.set_password(tx, account.user_id, phc, clock.now())
    finally:
        auth.passwords.close()
        await auth.database.close()
    return addresses
