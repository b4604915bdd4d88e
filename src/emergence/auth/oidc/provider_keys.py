"""A provider's published keys: kept for a while, asked for once more when a token names an unknown one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from math import inf

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from emergence.contracts.auth.provider_problems import SignInProviderUnavailable
from emergence.kernel.clock import Clock
from emergence.kernel.signed_token import KeyUnusable, VerificationKey, verification_key

log = structlog.get_logger(__name__)

# Never an HMAC: its key would be the client secret or a public one; never none.
ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
# A JWK need not name its algorithm (RFC 7517 §4.4), but a key is used with one only (RFC 8725 §3.1).
ALGORITHM_OF_KIND = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
FRESH_FOR = timedelta(minutes=15)
FAILED_PAUSE = timedelta(seconds=5)  # those who wait for the same silence do not each wait anew
UNKNOWN_KEY_PAUSE = timedelta(seconds=60)  # invented key ids must not become load on the provider
KEYS_AT_MOST = 100
RSA_MAX_BITS = 8192  # a longer one is a way to keep us busy

Fetch = Callable[[], Awaitable[Mapping[str, object]]]


class ProviderKeys:
    """Looks up the one key that a token may have been signed with; safe for concurrent use within one event loop."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch_document = fetch
        self._clock = clock
        self._keys: list[VerificationKey] = []
        self._fetched_at = self._asked_anew_at = self._failed_at = -inf
        self._fetching = asyncio.Lock()

    async def find(self, kid: str | None, alg: str) -> VerificationKey | None:
        """Return the key called `kid` for `alg`, or without a `kid` the only one for `alg`; None when there is not one.

        Raises SignInProviderUnavailable when no fresh keys are to be had.
        """
        async with self._fetching:
            if self._clock.elapsed_s() - self._fetched_at >= FRESH_FOR.total_seconds():
                await self._fetch()
            elif kid is not None and not self._matching(kid, alg) and self._may_ask_anew():
                self._asked_anew_at = self._clock.elapsed_s()
                await self._fetch()
            found = self._matching(kid, alg)
        return found[0] if len(found) == 1 else None

    def _matching(self, kid: str | None, alg: str) -> list[VerificationKey]:
        return [key for key in self._keys if key.alg == alg and kid in (None, key.kid)]

    def _may_ask_anew(self) -> bool:
        return self._clock.elapsed_s() - self._asked_anew_at >= UNKNOWN_KEY_PAUSE.total_seconds()

    async def _fetch(self) -> None:
        if self._clock.elapsed_s() - self._failed_at < FAILED_PAUSE.total_seconds():
            raise SignInProviderUnavailable(reason="keys failed a moment ago")
        try:
            listed = (await self._fetch_document()).get("keys")
            if not isinstance(listed, list):
                raise SignInProviderUnavailable(reason="the key set has no keys")
        except SignInProviderUnavailable:
            self._failed_at = self._clock.elapsed_s()
            raise
        self._keys = await asyncio.to_thread(_usable, listed[:KEYS_AT_MOST])
        self._fetched_at = self._clock.elapsed_s()


def _usable(documents: list[object]) -> list[VerificationKey]:
    found = []
    for document in documents:
        try:
            found.append(_key(document))
        except KeyUnusable as refused:
            log.info("sign_in_provider_key_skipped", reason=str(refused))
    return found


def _key(document: object) -> VerificationKey:
    if not isinstance(document, dict):
        raise KeyUnusable("not an object")
    kind, curve = document.get("kty"), document.get("crv")
    derived = ALGORITHM_OF_KIND.get((kind, curve)) if isinstance(kind, str) and isinstance(curve, str | None) else None
    alg = document.get("alg", derived)
    if alg not in ALGORITHMS:
        raise KeyUnusable("not for an algorithm that we accept")
    key = verification_key({**document, "alg": alg})
    material = key.key.raw_value
    if isinstance(material, RSAPublicKey) and material.key_size > RSA_MAX_BITS:
        raise KeyUnusable("longer than anybody needs")
    return key
