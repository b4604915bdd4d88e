"""The keys that sign access tokens: sealed at rest, held for a minute, published for verifiers."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from joserfc.jwk import ECKey, Key, OKPKey

from emergence.auth.store import keys as store
from emergence.auth.store.keys import KeyState, StoredKey
from emergence.contracts.auth.signing_in import JsonWebKeySet
from emergence.kernel.clock import Clock
from emergence.kernel.sealing import Seal, SealBroken
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.signed_token import VerificationKey
from emergence.kernel.storage.database import Database, DatabaseUnavailable, Transaction

Algorithm = Literal["EdDSA", "ES256"]

SEAL_LABEL = "kek/v1"
SECRET_UNKNOWN = (
    "AUTH_JWT_SECRET: is not the one that sealed this database's signing key; restore the former value, "
    "or give it as AUTH_JWT_SECRET_PREVIOUS"
)
READ_AGAIN_AFTER = timedelta(seconds=60)  # how soon another instance's change is seen
_MEMBERS = {"EdDSA": ("kty", "crv", "x"), "ES256": ("kty", "crv", "x", "y")}  # RFC 7638 §3.2: the public ones


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """Which keys sign, and for how long.

    `published_before` lets every verifier fetch a key before it signs: longer than any of them holds
    the set. `retired_for` covers the tokens of an instance that held the key when it was retired.
    """

    algorithm: Algorithm = "EdDSA"
    period: timedelta = timedelta(days=90)
    published_before: timedelta = timedelta(minutes=15)
    retired_for: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key to sign with."""

    kid: str
    algorithm: str
    key: Key


@dataclass(frozen=True, slots=True)
class _Held:
    active: SigningKey
    published: JsonWebKeySet
    read_at_s: float


class SigningKeys:
    """The keys of this deployment, read from the database and held for a minute.

    With `shared` that one signs, and is published nowhere; the others are kept and published all the
    same, so that verifiers know them before the deployment changes over.
    """

    def __init__(
        self, database: Database, seal: Seal, clock: Clock, plan: KeyPlan, shared: VerificationKey | None = None
    ) -> None:
        self.plan = plan
        self._database = database
        self._seal = seal
        self._clock = clock
        self._shared = SigningKey(shared.kid, shared.alg, shared.key) if shared is not None else None
        self._held: _Held | None = None
        self._times_changed = 0
        self._reading = asyncio.Lock()

    async def active(self) -> SigningKey:
        """Return the key to sign with. Raises DatabaseUnavailable, SettingsInvalid when it cannot be opened."""
        return self._shared or (await self._current()).active

    async def published_active(self) -> SigningKey:
        """Return the key to sign with for whoever knows published keys only; as `active`."""
        return (await self._current()).active

    async def published(self) -> JsonWebKeySet:
        """Return the public keys. Raises DatabaseUnavailable when they were never read."""
        return (await self._current()).published

    async def is_known(self, kid: str) -> bool:
        """Return whether tokens by this key may be believed, by the database and not by what is held."""
        if self._shared is not None and kid == self._shared.kid:
            return True
        self.forget()
        return any(key["kid"] == kid for key in (await self.published()).keys)

    def forget(self) -> None:
        """Read the keys again before the next use: they have changed."""
        self._held = None
        self._times_changed += 1

    async def _current(self) -> _Held:
        held = self._held
        if held is not None and self._age_s(held) < READ_AGAIN_AFTER.total_seconds():
            return held
        async with self._reading:
            if self._held is not None and self._held is not held:
                return self._held
            times_changed = self._times_changed
            try:
                read = await self._read()
            except DatabaseUnavailable:
                if held is None:
                    raise
                return held
            if times_changed == self._times_changed:  # else what was read may be older than the change
                self._held = read
            return read

    def _age_s(self, held: _Held) -> float:
        return self._clock.elapsed_s() - held.read_at_s

    async def _read(self) -> _Held:
        async with self._database.transaction() as tx:
            await store.take_turn(tx)
            rows = await store.read_keys(tx)
            if not any(row.state == "active" for row in rows):
                rows = [*rows, await self.add_key(tx, "active")]
        active = _chosen(rows, self.plan.algorithm)
        return _Held(
            active=SigningKey(active.kid, active.alg, self._opened(active)),
            published=JsonWebKeySet(keys=[json.loads(row.public) for row in rows]),
            read_at_s=self._clock.elapsed_s(),
        )

    async def add_key(self, tx: Transaction, state: KeyState) -> StoredKey:
        """Make a key, in the caller's transaction and turn; `next` signs once verifiers had the time to fetch it."""
        now, algorithm = self._clock.now(), self.plan.algorithm
        key = OKPKey.generate_key("Ed25519") if algorithm == "EdDSA" else ECKey.generate_key("P-256")
        kid = key.thumbprint()
        members = key.as_dict(private=False)
        public = {name: str(members[name]) for name in _MEMBERS[algorithm]}
        made = StoredKey(
            kid=kid,
            alg=algorithm,
            public=json.dumps({**public, "kid": kid, "alg": algorithm, "use": "sig"}),
            private_enc=self._seal.close(json.dumps(key.as_dict(private=True)).encode(), place_of(kid)),
            state=state,
            not_before=now + self.plan.published_before if state == "next" else now,
            created_at=now,
            retired_at=None,
        )
        await store.add_key(tx, made)
        return made

    def _opened(self, row: StoredKey) -> Key:
        kind = OKPKey if row.alg == "EdDSA" else ECKey
        try:
            return kind.import_key(json.loads(self._seal.open(row.private_enc or b"", place_of(row.kid))))
        except SealBroken as broken:
            raise SettingsInvalid(SECRET_UNKNOWN) from broken


def place_of(kid: str) -> str:
    """Return what binds a sealed key to its row."""
    return f"signing_keys/{kid}"


def _chosen(rows: list[StoredKey], algorithm: Algorithm) -> StoredKey:
    """Return the active key of the wanted algorithm; while that one waits to be known, the one that signed so far."""
    active = [row for row in rows if row.state == "active"]
    return next((row for row in active if row.alg == algorithm), active[-1])
