"""Slow guessing down: for each account, for each network address and for everybody, across all instances."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from math import ceil
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import attempts as store
from emergence.contracts.auth.problems import TooManyAttempts
from emergence.kernel.metrics import counter
from emergence.kernel.storage.database import Transaction

# Warehouse's limit for sign-ins; the growing wait, its cap and at most 100 in a row: NIST SP 800-63B-4 §3.2.2.
# Never a lock for good: a day without guesses ends a series too.
GUESSES = store.Allowance(burst=10, interval=timedelta(seconds=30), longest_wait=timedelta(hours=1), in_a_row=100)
FROM_ADDRESS = store.Allowance(burst=10, interval=timedelta(seconds=30), longest_wait=timedelta(hours=1))
FROM_ADDRESS_IN_A_DAY = store.Allowance(burst=100, interval=timedelta(days=1) / 100, longest_wait=timedelta(hours=1))
# A thousand in five minutes; its wait does not grow, because those who wait are mostly not those who guess.
OF_EVERYBODY = store.Allowance(burst=1_000, interval=timedelta(seconds=0.3), longest_wait=timedelta(seconds=0.3))

# Six digits are soon guessed: five in five minutes, twenty in an hour, fifty in a day, whatever the address.
CODES_OF = {
    "minutes": store.Allowance(burst=5, interval=timedelta(minutes=1), longest_wait=timedelta(hours=1)),
    "hour": store.Allowance(burst=20, interval=timedelta(minutes=3), longest_wait=timedelta(hours=1)),
    "day": store.Allowance(burst=50, interval=timedelta(minutes=29), longest_wait=timedelta(hours=1)),
}
# Each beginning stores a row, and a sign-in page left open begins anew every few minutes.
CEREMONIES = store.Allowance(burst=60, interval=timedelta(seconds=10), longest_wait=timedelta(minutes=10))
CODES_FROM = store.Allowance(burst=10, interval=timedelta(seconds=30), longest_wait=timedelta(hours=1))

# Each costs a row and maybe a question to a provider; an office behind one address signs in at nine.
PROVIDER_SIGN_INS = store.Allowance(burst=60, interval=timedelta(seconds=2), longest_wait=timedelta(minutes=1))

# Secrets of 256 bits and signatures are not guessed: this keeps the audit log and the database from being filled.
# The wait does not grow, because a service asks for tokens all its life.
TOKEN_REQUESTS_FROM = store.Allowance(burst=120, interval=timedelta(seconds=0.5), longest_wait=timedelta(seconds=0.5))
TOKENS_REFUSED_TO = store.Allowance(burst=20, interval=timedelta(seconds=10), longest_wait=timedelta(minutes=1))
TOKENS_OF_CLIENT = store.Allowance(burst=60, interval=timedelta(seconds=1), longest_wait=timedelta(seconds=1))

# A row of the audit log tells the network and not how often: one a minute says as much, and from a million networks a
# day's rows are still few.
ROW_OF_ONE = store.Allowance(burst=1, interval=timedelta(minutes=1), longest_wait=timedelta(minutes=1))
ROWS_OF_ALL = store.Allowance(burst=60, interval=timedelta(seconds=10), longest_wait=timedelta(seconds=10))

EVERYBODY = "login:everybody"
REAUTHENTICATION = "reauth:user:"

_limited_total = counter("auth_attempts_limited_total", "Attempts refused because too many came before.", ("limit",))


def account_key(email_norm: str) -> str:
    """Return what attempts on an account are counted under, whether it exists or not."""
    return "login:account:" + sha256(email_norm.encode()).hexdigest()


def here_key(hashed: bytes) -> str:
    """Return what attempts on an account from one network are counted under, whether it exists or not."""
    return f"login:here:{hashed.hex()}"


def device_key(device_id: UUID) -> str:
    """Return what attempts on an account are counted under from a browser that it knows."""
    return f"login:device:{device_id}"


def user_key(user_id: UUID) -> str:
    """Return what a signed-in person's guesses at their own password are counted under."""
    return f"{REAUTHENTICATION}{user_id}"


def address_key(network: str) -> str:
    """Return what attempts from a network address are counted under."""
    return f"login:address:{network}"


async def admit_attempt(auth: Auth, keys: Sequence[str]) -> None:
    """Count an attempt before it is checked, so that parallel guesses count too. Raises TooManyAttempts."""
    await admit(auth, {key: GUESSES if key.startswith(REAUTHENTICATION) else FROM_ADDRESS for key in keys})


async def admit_provider_sign_in(auth: Auth, caller: Caller) -> None:
    """Count a step of signing in by a provider. Raises TooManyAttempts."""
    await admit(auth, {f"oidc:address:{caller.network()}": PROVIDER_SIGN_INS})


async def admit_token_request(auth: Auth, caller: Caller) -> None:
    """Count a service's request for a token, whoever it is. Raises TooManyAttempts."""
    await admit(auth, {f"token:address:{caller.network()}": TOKEN_REQUESTS_FROM})


async def admit_token_refusal(auth: Auth, caller: Caller) -> None:
    """Count a refused request for a token, after it was refused: a neighbour with a right secret never waits for it.

    Raises TooManyAttempts.
    """
    await admit(auth, {f"token:refused:{caller.network()}": TOKENS_REFUSED_TO})


async def may_write_refusal(auth: Auth, caller: Caller, client: str | None) -> bool:
    """Return whether a refused token is worth a row: once a minute for a client that proved itself, or for a network.

    Strangers cannot use the rows up in which a proved client's spent statement would be told.
    """
    buckets = {f"token:row:client:{client}": ROW_OF_ONE}
    if client is None:
        buckets = {f"token:row:{caller.prefix()}": ROW_OF_ONE, "token:row:everybody": ROWS_OF_ALL}
    for key, allowance in buckets.items():
        if await store.charge(auth.database, key, allowance, auth.clock.now()) is not None:
            return False
    return True


async def admit_client(auth: Auth, name: str) -> None:
    """Count a token of a client that proved who it is: strangers cannot use its turns up. Raises TooManyAttempts."""
    await admit(auth, {f"token:client:{name}": TOKENS_OF_CLIENT})


async def admit_codes(auth: Auth, user_id: UUID, caller: Caller) -> None:
    """Count an attempt at a code of somebody's second factor. Raises TooManyAttempts."""
    await admit(auth, {_code_from(caller): CODES_FROM} | _codes_of(user_id))


async def forget_codes(tx: Transaction, user_id: UUID, caller: Caller) -> None:
    """Forget the wrong codes of somebody who had a right one, and take back the attempt from the address."""
    for key in _codes_of(user_id):
        await store.forget(tx, key)
    await store.refund(tx, _code_from(caller), CODES_FROM.interval)


async def admit_ceremony(auth: Auth, caller: Caller) -> None:
    """Count the beginning of a passkey ceremony. Raises TooManyAttempts."""
    await admit(auth, {f"passkey:address:{caller.network()}": CEREMONIES})


async def admit_passkey(auth: Auth, caller: Caller) -> None:
    """Count a passkey of nobody knows whom yet, by its address alone: a signature cannot be guessed.

    Counting by the person whom it names would let strangers lock them out. Raises TooManyAttempts.
    """
    await admit(auth, {_code_from(caller): CODES_FROM})


async def forgive_passkey(tx: Transaction, caller: Caller) -> None:
    """Take the attempt back from the address of somebody whose passkey was right."""
    await store.refund(tx, _code_from(caller), CODES_FROM.interval)


def _codes_of(user_id: UUID) -> dict[str, store.Allowance]:
    return {f"code:user:{user_id}:{name}": allowance for name, allowance in CODES_OF.items()}


def _code_from(caller: Caller) -> str:
    return f"code:address:{caller.network()}"


async def admit(auth: Auth, allowances: Mapping[str, store.Allowance]) -> None:
    """Count an attempt in each bucket until one is full. Raises TooManyAttempts."""
    for key, allowance in allowances.items():
        refusal = await refusal_of(auth, key, allowance)
        if refusal is not None:
            raise refusal


async def refusal_of(auth: Auth, key: str, allowance: store.Allowance) -> TooManyAttempts | None:
    """Count an attempt in a bucket and return None, or count nothing and return what to say."""
    wait = await store.charge(auth.database, key, allowance, auth.clock.now())
    if wait is None:
        return None
    _limited_total.labels(":".join(key.split(":")[:2])).inc()
    return TooManyAttempts(retry_after_s=ceil(wait.total_seconds()))


async def note_success(tx: Transaction, *, account: str | None = None, address: str) -> None:
    """Forget somebody's failures and take back the attempt from the address, as a sign-in by password does."""
    if account is not None:
        await store.forget(tx, account)
    await store.refund(tx, address, FROM_ADDRESS.interval)
