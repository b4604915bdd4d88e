"""What the auth service reads from its environment."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from emergence.auth.email_addresses import normalised_email
from emergence.auth.known_secrets import is_known_secret
from emergence.auth.loopback import LOOPBACK_NAMES, is_http_loopback
from emergence.auth.oidc.provider_settings import OidcProvider, parsed_providers
from emergence.kernel.settings import Boolean, Secret, ServerAddress
from emergence.kernel.surroundings import CommonSettings, DatabaseUrl, StrongSecret

ACCESS_TOKEN_LIFETIME = timedelta(minutes=5)  # verifiers refuse longer ones
PASSWORD_MIN_LENGTH_ALONE = 15  # NIST SP 800-63B-4 §3.1.1.1: a password that is the only factor
PASSWORD_MIN_LENGTH_LOCALLY = 8


def _never_published(value: SecretStr) -> SecretStr:
    if is_known_secret(value.get_secret_value()):
        raise ValueError("is published or guessable: make one with `openssl rand -hex 32`")
    return value


def _readable_providers(value: SecretStr) -> SecretStr:
    parsed_providers(value.get_secret_value())
    return value


class AuthSettings(CommonSettings):
    """Variables of the auth service."""

    auth_database_url: DatabaseUrl | None = Field(
        default=None, description="PostgreSQL address of auth alone; default: DATABASE_URL."
    )
    auth_jwt_secret: Annotated[StrongSecret, AfterValidator(_never_published)] = Field(
        description="Seals signing keys, peppers passwords and makes refresh tokens unforgeable, ≥ 32 bytes; it signs "
        "nothing itself. Whoever changes it ends all sessions and makes all passwords unusable."
    )
    auth_admin_emails: str = Field(
        default="",
        description="Addresses, separated by commas, that may become administrators; empty: whoever holds the set-up "
        "code (or sits at the machine) chooses.",
    )
    auth_env: Literal["production", "staging", "dev"] = Field(
        default="production", description="`dev` is one of the three conditions for signing in without a password."
    )
    auth_dev_login: Boolean = Field(
        default=False,
        description="With AUTH_ENV=dev: offer /api/auth/dev/login, which asks for no password; refused with "
        "EMERGENCE_ENV=production.",
    )
    k_service: str | None = Field(
        default=None, description="Set by Cloud Run, never by hand; development sign-in is refused there."
    )
    auth_public_url: ServerAddress | None = Field(
        default=None,
        description="Address that browsers use for signing in; default: EMERGENCE_PUBLIC_URL. With "
        "EMERGENCE_ENV=production one of them is required, with https beyond loopback.",
    )
    auth_trusted_hops: int = Field(
        default=0,
        ge=0,
        le=10,
        description="Proxies in front whose X-Forwarded-For entry is believed, counted from the right: 0 believes the "
        "connection alone, 1 direct Cloud Run, 2 behind Google's load balancer.",
    )
    auth_totp_skew: int = Field(
        default=1,
        ge=0,
        le=1,
        description="How many steps of 30 s an earlier code of an authenticator stays good; 1 forgives a late clock.",
    )
    auth_claim: Literal["loopback", "code"] = Field(
        default="code",
        description="How the first administrator proves to own the server: `loopback` by sitting at the machine "
        "(only where the server listens on 127.0.0.1), `code` by the code printed at start.",
    )
    auth_owner_credential_file: Path | None = Field(
        default=None,
        description="File with the credential (≥ 32 characters) that signs the machine's owner in from loopback; "
        "`emergence up` keeps one. Without it nobody can.",
    )

    auth_oidc_providers: Annotated[Secret, AfterValidator(_readable_providers)] | None = Field(
        default=None,
        description="OpenID Connect providers to sign in with, a JSON list of objects: `id`, `label`, `issuer`, "
        "`client_id`, `client_secret`, and where needed `trusted_for_email` (`true`, or the domains whose addresses it "
        "has the last word on; default `false`: only accounts that were linked sign in), `scopes` (default `openid`, "
        "`email`, `profile`), `private_network` (`true` lets the provider be a machine with a private address). "
        "Needs the public address. See docs/sign-in-providers.md.",
    )
    auth_signup: Literal["closed", "invite", "open"] = Field(
        default="closed",
        description="Who may make an account: nobody by themselves, those who were invited, or everybody who proves "
        "to own an e-mail address.",
    )

    @model_validator(mode="after")
    def _fit_for_providers(self) -> Self:
        providers = self.oidc_providers()
        if providers and self.public_url() is None:
            raise ValueError("AUTH_OIDC_PROVIDERS: needs EMERGENCE_PUBLIC_URL, to which providers send people back")
        for number, provider in enumerate(providers, start=1):
            if self.emergence_env == "production" and is_http_loopback(provider.issuer):
                raise ValueError(
                    f"AUTH_OIDC_PROVIDERS: provider {number}: issuer must begin with https:// in production"
                )
        return self

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.auth_dev_login and self.k_service:
            raise ValueError("AUTH_DEV_LOGIN: must not be set on Cloud Run (K_SERVICE is set); remove it")
        if self.emergence_env != "production":
            return self
        if self.auth_dev_login:
            raise ValueError("AUTH_DEV_LOGIN: must not be set with EMERGENCE_ENV=production, its default; remove it")
        if self.public_url() is None:
            raise ValueError("EMERGENCE_PUBLIC_URL: is required in production, like https://chat.example.org")
        for name, address in self._public_addresses():
            if address.startswith("http://") and urlsplit(address).hostname not in LOOPBACK_NAMES:
                raise ValueError(f"{name}: must begin with https:// in production; only loopback may do without")
        return self

    def _public_addresses(self) -> list[tuple[str, str]]:
        addresses = (("AUTH_PUBLIC_URL", self.auth_public_url), ("EMERGENCE_PUBLIC_URL", self.emergence_public_url))
        return [(name, address) for name, address in addresses if address is not None]

    def public_url(self) -> str | None:
        """Return the address that browsers use, when it is known."""
        return self.auth_public_url or self.emergence_public_url

    def password_min_length(self) -> int:
        """Return the fewest characters of a password."""
        return PASSWORD_MIN_LENGTH_ALONE if self.emergence_env == "production" else PASSWORD_MIN_LENGTH_LOCALLY

    def admin_emails(self) -> frozenset[str]:
        """Return the normalised addresses that may become administrators."""
        return frozenset(normalised_email(part) for part in self.auth_admin_emails.split(",") if part.strip())

    def oidc_providers(self) -> tuple[OidcProvider, ...]:
        """Return the OpenID providers, in their order."""
        given = self.auth_oidc_providers
        return parsed_providers(given.get_secret_value()) if given is not None else ()

    def offers_dev_login(self) -> bool:
        """Return whether signing in without a password exists at all."""
        return self.auth_env == "dev" and self.auth_dev_login and not self.k_service
