"""The JWS opener against Wycheproof's vectors and against keys that must not be used."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import OKPKey, RSAKey

from emergence.kernel.signed_token import (
    KeyUnusable,
    TokenRefused,
    strict_object,
    unseal,
    verification_key,
    verified_payload,
)

WYCHEPROOF = Path(__file__).parents[3] / "shared" / "data" / "wycheproof"
needs_vectors = pytest.mark.skipif(not WYCHEPROOF.is_dir(), reason=f"no Wycheproof vectors at {WYCHEPROOF}")

SAME_AS_A_VALID_VECTOR = {367, 370}
VALID_BUT_ANOTHER_ALGORITHM_THAN_THE_KEYS = {346, 347, 350, 351}
VALID_BUT_NOT_BASE64URL = {372, 373}


def vectors(name: str) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = json.loads((WYCHEPROOF / name).read_text())["testGroups"]
    return groups


def opens(jwk: dict[str, object], token: str) -> bool:
    try:
        verified_payload(unseal(token), verification_key(jwk))
    except (TokenRefused, KeyUnusable):
        return False
    return True


@needs_vectors
def test_every_wycheproof_signature_is_judged_as_published() -> None:
    wrong = []
    for group in vectors("json_web_signature_test.json"):
        key = group.get("public") or group["private"]
        for case in group["tests"]:
            number, token = case["tcId"], case["jws"]
            is_due = case["result"] == "valid" and number not in (
                VALID_BUT_ANOTHER_ALGORITHM_THAN_THE_KEYS | VALID_BUT_NOT_BASE64URL
            )
            if number not in SAME_AS_A_VALID_VECTOR and opens(key, token) is not is_due:
                wrong.append((number, case["comment"], case["result"]))

    assert wrong == []


@needs_vectors
def test_every_wycheproof_ed25519_signature_is_judged_as_published() -> None:
    wrong = []
    for group in vectors("ed25519_test.json"):
        key = verification_key(group["publicKeyJwk"] | {"alg": "EdDSA"})
        for case in group["tests"]:
            try:
                is_accepted = key.algorithm.verify(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]), key.key)
            except ValueError:
                is_accepted = False
            if is_accepted is not (case["result"] == "valid"):
                wrong.append((case["tcId"], case["comment"], case["result"]))

    assert wrong == []


@needs_vectors
def test_single_wycheproof_keys_are_judged_as_published_unless_they_are_rsa() -> None:
    wrong = []
    for group in vectors("json_web_key_test.json"):
        keys = (group.get("public") or group["private"])["keys"]
        if len(keys) == 1 and keys[0]["kty"] != "RSA":  # RSA is never published here; choosing among keys is not ours
            wrong += [
                case["tcId"]
                for case in group["tests"]
                if opens(keys[0], case["jws"]) is not (case["result"] == "valid")
            ]

    assert wrong == []


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_short_rsa_key_is_refused() -> None:
    short = generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    document = RSAKey.import_key(short).as_dict(private=False)

    with pytest.raises(KeyUnusable):
        verification_key({**document, "alg": "RS256"})


@pytest.mark.parametrize("alg", [None, "none", "", "A256GCM", 7])
def test_a_key_without_a_signature_algorithm_is_refused(alg: object) -> None:
    document = OKPKey.generate_key("Ed25519").as_dict(private=False)

    with pytest.raises(KeyUnusable):
        verification_key({**document, "alg": alg})


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b"[1]",
        b"",
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        b'{"a":"\xff"}',
        b'{"a":' * 1500 + b"1" + b"}" * 1500,
        b'{"a":{"b":1,"b":2}}',
    ],
)
def test_json_that_two_parsers_could_read_differently_is_refused(text: bytes) -> None:
    with pytest.raises(TokenRefused):
        strict_object(text)
