"""What an operator does about services on other machines, from the server's own machine."""

import json
import secrets
from collections.abc import Mapping, Sequence

from emergence.auth.audit import AuditEvent, record
from emergence.auth.clients.authenticate_client import secret_hash
from emergence.auth.make_administrator import BY_COMMAND
from emergence.auth.parts import Auth
from emergence.auth.store import service_clients as store
from emergence.auth.store.service_clients import ServiceClient
from emergence.contracts.auth.service_clients import (
    ASSERTION_ALGORITHMS,
    ServiceClientExists,
    ServiceClientRefused,
    UnknownServiceClient,
)
from emergence.kernel.signed_token import KeyUnusable, verification_key
from emergence.kernel.storage.database import Transaction

SECRET_BYTES = 32
KEYS_AT_MOST = 10
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def public_keys(text: str) -> str:
    """Return a JSON Web Key Set as it is kept. Raises ServiceClientRefused unless every key is public and usable."""
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, KeyError, TypeError, RecursionError):
        keys = None
    if not isinstance(keys, list) or not 0 < len(keys) <= KEYS_AT_MOST:
        raise ServiceClientRefused('The file must be a JSON Web Key Set: {"keys": [...]}, with at most ten keys.')
    names = set()
    for key in keys:
        if not isinstance(key, Mapping):
            raise ServiceClientRefused("A key of the set is no JSON object.")
        if PRIVATE_MEMBERS & key.keys():
            raise ServiceClientRefused("The file holds a private key. Give the public one only.")
        try:
            held = verification_key(key)
        except KeyUnusable as refused:
            raise ServiceClientRefused(f"A key of the set cannot be used: {refused}.") from None
        if held.alg not in ASSERTION_ALGORITHMS:
            raise ServiceClientRefused(f"alg must be one of {', '.join(ASSERTION_ALGORITHMS)}.")
        names.add(held.kid)
    if len(names) != len(keys) or (len(keys) > 1 and "" in names):
        raise ServiceClientRefused("Of several keys each needs a kid of its own.")
    return json.dumps({"keys": keys})


async def add_client(auth: Auth, name: str, audiences: Sequence[str], jwks: str | None = None) -> str | None:
    """Register a client, with its public keys or with a new secret, which is returned and never shown again.

    Raises ServiceClientExists, ServiceClientRefused.
    """
    keys = None if jwks is None else public_keys(jwks)
    secret = None if keys is not None else secrets.token_urlsafe(SECRET_BYTES)
    hashed = None if secret is None else secret_hash(secret)
    now = auth.clock.now()
    given = tuple(dict.fromkeys(audiences))
    async with auth.database.transaction() as tx:
        if not await store.add(tx, ServiceClient(name, hashed, keys, given, now, now)):
            raise ServiceClientExists()
        await _record(auth, tx, "admin.client_added", name)
    return secret


async def renew_credentials(auth: Auth, name: str, jwks: str | None = None) -> str | None:
    """Let only other credentials count, as `add_client`. Raises UnknownServiceClient, ServiceClientRefused."""
    keys = None if jwks is None else public_keys(jwks)
    secret = None if keys is not None else secrets.token_urlsafe(SECRET_BYTES)
    hashed = None if secret is None else secret_hash(secret)
    async with auth.database.transaction() as tx:
        if not await store.replace_credentials(tx, name, hashed, keys, auth.clock.now()):
            raise UnknownServiceClient()
        await _record(auth, tx, "admin.client_renewed", name)
    return secret


async def remove_client(auth: Auth, name: str) -> None:
    """Let a client get no token any more; those that it has end within five minutes. Raises UnknownServiceClient."""
    async with auth.database.transaction() as tx:
        if not await store.remove(tx, name):
            raise UnknownServiceClient()
        await _record(auth, tx, "admin.client_removed", name)


async def require_client(auth: Auth, name: str) -> None:
    """Look whether there is such a client, before an operator is asked about it. Raises UnknownServiceClient."""
    if await store.find(auth.database, name) is None:
        raise UnknownServiceClient()


async def list_clients(auth: Auth) -> list[ServiceClient]:
    """Return every client, by name."""
    return await store.read_all(auth.database)


async def _record(auth: Auth, tx: Transaction, kind: str, name: str) -> None:
    await record(auth, tx, AuditEvent(kind, data=BY_COMMAND | {"client": name}), None)
