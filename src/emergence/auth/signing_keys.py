"""The key that signs access tokens: made once, sealed at rest, published for verifiers."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta

from joserfc.jwk import OKPKey

from emergence.auth.store import keys as store
from emergence.contracts.auth.signing_in import JsonWebKeySet
from emergence.kernel.clock import Clock
from emergence.kernel.sealing import Seal, SealBroken
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database, DatabaseUnavailable

SEAL_LABEL = "kek/v1"
ALGORITHM = "EdDSA"
READ_AGAIN_AFTER = timedelta(seconds=60)  # how soon another instance's change is seen


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The active private key."""

    kid: str
    key: OKPKey


@dataclass(frozen=True, slots=True)
class _Held:
    active: SigningKey
    published: JsonWebKeySet
    read_at_s: float


class SigningKeys:
    """The keys of this deployment, read from the database and held for a minute."""

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._held: _Held | None = None
        self._reading = asyncio.Lock()

    async def active(self) -> SigningKey:
        """Return the key to sign with. Raises DatabaseUnavailable, SettingsInvalid when it cannot be opened."""
        return (await self._current()).active

    async def published(self) -> JsonWebKeySet:
        """Return the public keys. Raises DatabaseUnavailable when they were never read."""
        return (await self._current()).published

    async def _current(self) -> _Held:
        held = self._held
        if held is not None and self._age_s(held) < READ_AGAIN_AFTER.total_seconds():
            return held
        async with self._reading:
            if self._held is held:
                try:
                    self._held = await self._read()
                except DatabaseUnavailable:
                    if held is None:
                        raise
                    return held
        return self._held or await self._read()

    def _age_s(self, held: _Held) -> float:
        return self._clock.elapsed_s() - held.read_at_s

    async def _read(self) -> _Held:
        async with self._database.transaction() as tx:
            await store.take_turn(tx)
            rows = await store.read_keys(tx)
            if not any(row.state == "active" for row in rows):
                rows = [*rows, await store.add_key(tx, self._new_key())]
        active = next(row for row in rows if row.state == "active")
        return _Held(
            active=SigningKey(active.kid, self._opened(active)),
            published=JsonWebKeySet(keys=[json.loads(row.public) for row in rows]),
            read_at_s=self._clock.elapsed_s(),
        )

    def _new_key(self) -> store.StoredKey:
        key = OKPKey.generate_key("Ed25519")
        kid = key.thumbprint()
        public = {"kty": "OKP", "crv": "Ed25519", "x": str(key.as_dict(private=False)["x"])}
        return store.StoredKey(
            kid=kid,
            alg=ALGORITHM,
            public=json.dumps({**public, "kid": kid, "alg": ALGORITHM, "use": "sig"}),
            private_enc=self._seal.close(json.dumps(key.as_dict(private=True)).encode(), _place(kid)),
            state="active",
            not_before=self._clock.now(),
        )

    def _opened(self, row: store.StoredKey) -> OKPKey:
        try:
            return OKPKey.import_key(json.loads(self._seal.open(row.private_enc or b"", _place(row.kid))))
        except SealBroken as broken:
            raise SettingsInvalid(
                "AUTH_JWT_SECRET: is not the one that sealed this database's signing key; restore the former value"
            ) from broken


def _place(kid: str) -> str:
    return f"signing_keys/{kid}"
