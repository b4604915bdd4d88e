"""An authenticator of its own, in software: it keeps keys, makes passkeys and signs with them (WebAuthn Level 3)."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn.helpers import encode_cbor

Algorithm = Literal["ES256", "EdDSA"]
COSE_NUMBERS: Mapping[Algorithm, int] = {"ES256": -7, "EdDSA": -8}
PRESENT, VERIFIED, SYNCABLE, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
ORIGIN = "http://localhost:8080"


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Behaviour:
    """How a ceremony goes; the defaults are what an honest browser and authenticator do."""

    origin: str = ORIGIN
    rp_id: str | None = None  # other than what was asked for
    challenge: bytes | None = None
    type: str | None = None
    verifies_person: bool = True
    is_present: bool = True
    count: int | None = None
    user_handle: bytes | None = None
    credential_id: bytes | None = None
    is_framed: bool = False
    tampers: bool = False


HONEST = Behaviour()


@dataclass
class Kept:
    """One passkey that an authenticator keeps."""

    id: bytes
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    rp_id: str
    user_handle: bytes
    count: int = 0


@dataclass
class SoftwareAuthenticator:
    """Counts its uses unless it is a synced one, which never does."""

    algorithm: Algorithm = "ES256"
    is_synced: bool = False
    aaguid: bytes = bytes(16)
    kept: list[Kept] = field(default_factory=list)

    def create(self, options: Mapping[str, Any], behaviour: Behaviour = HONEST) -> dict[str, Any]:
        """Answer `navigator.credentials.create`, in the form of `toJSON`."""
        assert COSE_NUMBERS[self.algorithm] in [each["alg"] for each in options["pubKeyCredParams"]]
        excluded = {decoded(each["id"]) for each in options["excludeCredentials"]}
        assert not excluded & {each.id for each in self.kept}, "the browser would refuse: InvalidStateError"
        made = Kept(
            behaviour.credential_id or os.urandom(32),
            self.new_key(),
            options["rp"]["id"],
            decoded(options["user"]["id"]),
        )
        self.kept.append(made)
        attested = self.aaguid + len(made.id).to_bytes(2, "big") + made.id + self._cose_key(made)
        data = self._data(made, behaviour, ATTESTED) + attested
        client_data = _client_data("webauthn.create", options, behaviour)
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": encoded(client_data),
            "attestationObject": encoded(attestation),
            "transports": ["internal"],
            "publicKeyAlgorithm": COSE_NUMBERS[self.algorithm],
        }
        return self._credential(made, response)

    def get(self, options: Mapping[str, Any], behaviour: Behaviour = HONEST, *, which: int = 0) -> dict[str, Any]:
        """Answer `navigator.credentials.get` with one of the passkeys for this server."""
        allowed = {decoded(each["id"]) for each in options.get("allowCredentials") or []}
        usable = [each for each in self.kept if not allowed or each.id in allowed]
        return self.sign(usable[which], options, behaviour)

    def sign(self, kept: Kept, options: Mapping[str, Any], behaviour: Behaviour = HONEST) -> dict[str, Any]:
        """Sign with a passkey, whatever was allowed."""
        if not self.is_synced:
            kept.count += 1
        data = self._data(kept, behaviour)
        client_data = _client_data("webauthn.get", options, behaviour)
        signed = data + sha256(client_data).digest()
        if isinstance(kept.key, ed25519.Ed25519PrivateKey):
            signature = kept.key.sign(signed)
        else:
            signature = kept.key.sign(signed, ec.ECDSA(SHA256()))
        if behaviour.tampers:
            data = data[:32] + bytes([data[32] | SYNCABLE]) + data[33:]
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": encoded(behaviour.user_handle or kept.user_handle),
        }
        return self._credential(kept, response)

    def copied(self) -> "SoftwareAuthenticator":
        """Return a copy as a thief would make it: the same keys, its own counters."""
        return replace(self, kept=[replace(each) for each in self.kept])

    def new_key(self) -> ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
        if self.algorithm == "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        return ec.generate_private_key(ec.SECP256R1())

    def _cose_key(self, made: Kept) -> bytes:
        """Return the public key as RFC 9053 §7 writes it."""
        if isinstance(made.key, ed25519.Ed25519PrivateKey):
            x = made.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return encode_cbor({1: 1, 3: -8, -1: 6, -2: x})
        numbers = made.key.public_key().public_numbers()
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _data(self, kept: Kept, behaviour: Behaviour, flags: int = 0) -> bytes:
        flags |= PRESENT if behaviour.is_present else 0
        flags |= VERIFIED if behaviour.verifies_person else 0
        flags |= SYNCABLE | SYNCED if self.is_synced else 0
        count = kept.count if behaviour.count is None else behaviour.count
        return sha256((behaviour.rp_id or kept.rp_id).encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    @staticmethod
    def _credential(kept: Kept, response: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": encoded(kept.id),
            "rawId": encoded(kept.id),
            "type": "public-key",
            "response": dict(response),
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        }


def _client_data(kind: str, options: Mapping[str, Any], behaviour: Behaviour) -> bytes:
    challenge = options["challenge"] if behaviour.challenge is None else encoded(behaviour.challenge)
    content = {
        "type": behaviour.type or kind,
        "challenge": challenge,
        "origin": behaviour.origin,
        "crossOrigin": behaviour.is_framed,
    }
    return json.dumps(content).encode()
