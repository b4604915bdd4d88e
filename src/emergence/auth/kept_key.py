"""A key that must outlive the secret it was made from: what it vouched for must be provable for years."""

from pydantic import SecretStr

from emergence.auth.store import kept_keys as store
from emergence.kernel.sealing import Seal, derived_key
from emergence.kernel.storage.database import Database


class KeptKey:
    """The key of one purpose; `value` is right once `open` was called."""

    def __init__(self, label: str, secret: SecretStr, previous: SecretStr | None) -> None:
        self._label = label
        # Where none was kept yet, the secret before is the one that this key has been made from so far.
        self.value = derived_key(previous or secret, label)

    async def open(self, database: Database, seal: Seal) -> None:
        """Read the key, or keep it now; seal it anew where the secret has changed. Idempotent. Raises SealBroken."""
        place = f"kept_keys/{self._label}"
        await store.keep(database, self._label, seal.close(self.value, place))
        sealed = await store.read(database, self._label)
        self.value = seal.open(sealed, place)
        if (renewed := seal.renewed(sealed, place)) is not None:
            await store.reseal(database, self._label, sealed, renewed)

    async def peek(self, database: Database, seal: Seal) -> None:
        """Read the key where one is kept, and write nothing. Raises SealBroken."""
        if sealed := await store.read(database, self._label):
            self.value = seal.open(sealed, f"kept_keys/{self._label}")
