"""What every service that verifies access tokens reads from its environment."""

from typing import Literal

from pydantic import Field

from emergence.kernel.shared_secret import shared_secret_key
from emergence.kernel.signed_token import VerificationKey
from emergence.kernel.surroundings import CommonSettings, StrongSecret


class VerifierSettings(CommonSettings):
    """Two variables of auth that others need only while a shared secret signs."""

    auth_token_alg: Literal["EdDSA", "ES256", "HS256"] = Field(
        default="EdDSA",
        description="With `HS256` tokens signed by AUTH_JWT_SECRET are believed, beside published keys.",
    )
    auth_jwt_secret: StrongSecret | None = Field(
        default=None, description="Read by services other than auth only with AUTH_TOKEN_ALG=HS256."
    )

    def shared_key(self) -> VerificationKey | None:
        """Return the key of a shared secret, where one signs and is known here."""
        if self.auth_token_alg != "HS256" or self.auth_jwt_secret is None:
            return None
        return shared_secret_key(self.auth_jwt_secret)
