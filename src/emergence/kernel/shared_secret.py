"""Access tokens signed by a shared secret (HS256): for services that cannot fetch keys yet."""

from base64 import urlsafe_b64encode

from pydantic import SecretStr

from emergence.kernel.sealing import derived_key
from emergence.kernel.signed_token import VerificationKey, verification_key

KEY_ID_LABEL = "hs256-kid/v1"
ALGORITHM = "HS256"


def shared_secret_key(secret: SecretStr) -> VerificationKey:
    """Return the key that the raw secret is, under an id that follows from it and does not reveal it."""
    kid = "shared-" + derived_key(secret, KEY_ID_LABEL).hex()[:16]
    octets = urlsafe_b64encode(secret.get_secret_value().encode()).rstrip(b"=").decode()
    return verification_key({"kty": "oct", "alg": ALGORITHM, "use": "sig", "k": octets, "kid": kid})
