"""Only auth can make an access token: who verifies them must not be able to sign one."""

import re

from tests.architecture.sources import PRODUCT, place

SIGNS = re.compile(r"\.sign\(|jwt\.encode\(|jws\.serialize|generate_key\(|private_enc")
MAY_SIGN = {
    "src/emergence/kernel/service_tokens.py": "services prove to each other who calls, with a type of token of its own",
}


def signers() -> set[str]:
    return {place(path) for path in PRODUCT.rglob("*.py") if SIGNS.search(path.read_text())}


def test_only_auth_signs() -> None:
    outside = {each for each in signers() if not each.startswith("src/emergence/auth/")}

    assert outside == set(MAY_SIGN), "access tokens are signed by auth alone; a verifier that can sign can forge"


def test_auth_does() -> None:
    assert "src/emergence/auth/access_tokens.py" in signers()
