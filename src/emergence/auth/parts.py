"""What the auth slice needs to do its work."""

from dataclasses import dataclass

from emergence.auth.oidc.providers import Providers
from emergence.auth.password_checks import PasswordChecks
from emergence.auth.passwords import Passwords
from emergence.auth.refresh_tokens import RefreshTokens
from emergence.auth.revocation_feed import RevocationFeed
from emergence.auth.settings import AuthSettings
from emergence.auth.signing_keys import SigningKeys
from emergence.kernel.clock import Clock
from emergence.kernel.sealing import Seal
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.kept_key import KeptKey
from emergence.kernel.wire.peers import Peers


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
    known_address_keys: tuple[bytes, ...]  # the present one first
    kept_audit_key: KeptKey
    work_key: bytes
    checks: PasswordChecks
    seal: Seal
    feed: RevocationFeed
    export_seal: Seal
    peers: Peers
    providers: Providers

    @property
    def audit_key(self) -> bytes:
        """The key of the audit log's chain."""
        return self.kept_audit_key.value
