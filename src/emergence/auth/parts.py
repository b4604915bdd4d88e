"""What the auth slice needs to do its work."""

from dataclasses import dataclass

from emergence.auth.oidc.providers import Providers
from emergence.auth.passwords import Passwords
from emergence.auth.refresh_tokens import RefreshTokens
from emergence.auth.settings import AuthSettings
from emergence.auth.signing_keys import SigningKeys
from emergence.kernel.clock import Clock
from emergence.kernel.sealing import Seal
from emergence.kernel.storage.database import Database


@dataclass(frozen=True, slots=True)
class Auth:
    """The parts of one auth service; tests pass their own clock and settings."""

    settings: AuthSettings
    database: Database
    clock: Clock
    passwords: Passwords
    keys: SigningKeys
    refresh_tokens: RefreshTokens
    setup_code_key: bytes
    known_address_key: bytes
    audit_key: bytes
    seal: Seal
    providers: Providers
