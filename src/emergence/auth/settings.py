"""What the auth service reads from its environment."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, TypeAdapter, ValidationError, model_validator

from emergence.auth.email_addresses import normalised_email
from emergence.auth.known_secrets import is_known_secret
from emergence.auth.loopback import LOOPBACK_NAMES, is_http_loopback
from emergence.auth.mail.settings import MailSettings
from emergence.auth.oidc.provider_settings import OidcProvider, parsed_providers
from emergence.contracts.auth.administering import AdministeringSettings
from emergence.contracts.auth.networks import NetworkSettings
from emergence.contracts.auth.values import OnesAddress, SignUp
from emergence.kernel.settings import Boolean, Secret, ServerAddress, WebAddress
from emergence.kernel.surroundings import DatabaseUrl, StrongSecret

ACCESS_TOKEN_LIFETIME = timedelta(minutes=5)  # verifiers refuse longer ones
PASSWORD_MIN_LENGTH_ALONE = 15  # NIST SP 800-63B-4 §3.1.1.1: a password that is the only factor
PASSWORD_MIN_LENGTH_LOCALLY = 8
PASSWORD_MIN_LENGTH_WITH_SECOND_FACTOR = 8
_ONES_ADDRESS: TypeAdapter[str] = TypeAdapter(OnesAddress)


def is_within(host: str, domain: str) -> bool:
    """Return whether a host is a domain itself or lies below it."""
    return host == domain or host.endswith(f".{domain}")


def _never_published(value: SecretStr) -> SecretStr:
    if is_known_secret(value.get_secret_value()):
        raise ValueError("is published or guessable: make one with `openssl rand -hex 32`")
    return value


def _unread_on_the_way(value: str) -> str:
    if value.startswith("http://") and urlsplit(value).hostname not in LOOPBACK_NAMES:
        raise ValueError("must begin with https://; only loopback may do without")
    return value


def _readable_providers(value: SecretStr) -> SecretStr:
    parsed_providers(value.get_secret_value())
    return value


def _addresses(value: str) -> list[str]:
    return [part for part in value.split(",") if part.strip()]


def _addresses_of_people(value: str) -> str:
    for number, address in enumerate(_addresses(value), start=1):
        try:
            _ONES_ADDRESS.validate_python(address)
        except ValidationError:
            raise ValueError(
                f"must be whole addresses of people, like ada@example.org, with commas between; number {number} is none"
            ) from None
    return value


class AuthSettings(MailSettings, AdministeringSettings, NetworkSettings):
    """Variables of the auth service."""

    service: ClassVar[str | None] = "auth"

    auth_service_url: ServerAddress | None = Field(
        default=None, description="Where others call this service, as their identity tokens name it (`aud`)."
    )
    auth_database_url: DatabaseUrl | None = Field(
        default=None, description="PostgreSQL address of auth alone; default: DATABASE_URL."
    )
    auth_jwt_secret: Annotated[StrongSecret, AfterValidator(_never_published)] = Field(
        description="Seals signing keys, peppers passwords and makes refresh tokens unforgeable, ≥ 32 bytes; it signs "
        "nothing itself unless AUTH_TOKEN_ALG is HS256. Whoever changes it ends all sessions and makes all passwords "
        "unusable, unless AUTH_JWT_SECRET_PREVIOUS says the one before."
    )
    auth_jwt_secret_previous: StrongSecret | None = Field(
        default=None,
        description="The secret before AUTH_JWT_SECRET, while one takes the other's place: what it sealed, peppered "
        "and made is still good, and is made anew when it is next used.",
    )
    auth_token_alg: Literal["EdDSA", "ES256", "HS256"] = Field(
        default="EdDSA",
        description="How access tokens are signed. `HS256` signs with AUTH_JWT_SECRET itself, for services that cannot "
        "fetch keys: whoever verifies can then sign.",
    )
    auth_key_period_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days that one key signs access tokens before the next one does; nobody notices the change.",
    )
    auth_compat_claims: Boolean = Field(
        default=False,
        description="Access tokens also say the e-mail address, for older clients; it then stands in what they log.",
    )
    auth_admin_emails: Annotated[str, AfterValidator(_addresses_of_people)] = Field(
        default="",
        description="Addresses, separated by commas, that may become administrators, each whole (no `*@example.org`); "
        "empty: whoever holds the set-up code (or sits at the machine) chooses.",
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
    auth_rp_id: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
        description="Domain that passkeys are bound to: the public address's host (the default) or a parent domain. "
        "Whoever changes it makes all passkeys useless.",
    )
    auth_totp_skew: int = Field(
        default=1,
        ge=0,
        le=1,
        description="How many steps of 30 s an earlier code of an authenticator stays good; 1 forgives a late clock.",
    )
    auth_breached_passwords_file: Path | None = Field(
        default=None,
        description="File with published passwords that nobody may choose, made by `emergence breached`, beside the "
        "30,000 that are always refused; 2.4 MB for each million. Read once, into memory.",
    )
    auth_breached_passwords_url: Annotated[WebAddress, AfterValidator(_unread_on_the_way)] | None = Field(
        default=None,
        description="Address of a breach service that answers GET ADDRESS/ABCDE with the known SHA-1 sums that begin "
        "so; it learns those five characters only. Default: none is asked. Its silence (0.8 s) refuses nobody.",
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
    auth_signup: SignUp = Field(
        default="closed",
        description="Who may make an account by proving to own an e-mail address: `closed` those on the "
        "administration's allowlist, `invite` also those who were invited, `open` everybody. An invitation's link "
        "works in all three. In production `open` needs SMTP_HOST or AUTH_OIDC_PROVIDERS, else nobody could prove one.",
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
    def _secrets_differ(self) -> Self:
        if self.auth_jwt_secret == self.emergence_service_secret:
            raise ValueError(
                "EMERGENCE_SERVICE_SECRET: must not be AUTH_JWT_SECRET too, which no other service may know; make "
                "another one with `openssl rand -hex 32`"
            )
        if self.auth_jwt_secret == self.auth_jwt_secret_previous:
            raise ValueError(
                "AUTH_JWT_SECRET_PREVIOUS: is the present AUTH_JWT_SECRET; remove it, or make a new secret"
            )
        return self

    @model_validator(mode="after")
    def _passkeys_fit_the_address(self) -> Self:
        host = urlsplit(self.public_url() or "").hostname or ""
        if self.auth_rp_id is not None and not is_within(host, self.auth_rp_id):
            raise ValueError("AUTH_RP_ID: must be the host of the public address, or a parent domain of it")
        return self

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.auth_dev_login and self.k_service:
            raise ValueError("AUTH_DEV_LOGIN: must not be set on Cloud Run (K_SERVICE is set); remove it")
        if self.sends_mail() and self.public_url() is None:
            raise ValueError("EMERGENCE_PUBLIC_URL: is required with SMTP_HOST, because links in mails begin with it")
        if self.emergence_env != "production":
            return self
        if self.auth_dev_login:
            raise ValueError("AUTH_DEV_LOGIN: must not be set with EMERGENCE_ENV=production, its default; remove it")
        if self.auth_signup == "open" and not self.sends_mail() and not self.oidc_providers():
            raise ValueError("AUTH_SIGNUP: open needs SMTP_HOST or AUTH_OIDC_PROVIDERS, to prove addresses with")
        if self.public_url() is None:
            raise ValueError("EMERGENCE_PUBLIC_URL: is required in production, like https://chat.example.org")
        for name, address in self.public_addresses():
            if address.startswith("http://") and urlsplit(address).hostname not in LOOPBACK_NAMES:
                raise ValueError(f"{name}: must begin with https:// in production; only loopback may do without")
        return self

    def public_addresses(self) -> list[tuple[str, str]]:
        """Return the public addresses with the settings that name them, the one for signing in first."""
        addresses = (("AUTH_PUBLIC_URL", self.auth_public_url), ("EMERGENCE_PUBLIC_URL", self.emergence_public_url))
        return [(name, address) for name, address in addresses if address is not None]

    def public_url(self) -> str | None:
        """Return the address that browsers use, when it is known."""
        return self.auth_public_url or self.emergence_public_url

    def has_secure_pages(self) -> bool:
        """Return whether browsers surely take our pages for secure, and so offer them cryptography (W3C: contexts)."""
        address = self.public_url() or ""
        return address.startswith("https://") or urlsplit(address).hostname in LOOPBACK_NAMES

    def password_min_length(self) -> int:
        """Return the fewest characters of a password."""
        return PASSWORD_MIN_LENGTH_ALONE if self.emergence_env == "production" else PASSWORD_MIN_LENGTH_LOCALLY

    def signs_with_secret(self) -> bool:
        """Return whether AUTH_JWT_SECRET itself signs access tokens."""
        return self.auth_token_alg == "HS256"

    def published_algorithm(self) -> Literal["EdDSA", "ES256"]:
        """Return how published keys sign; with HS256 they wait for the day on which they take over."""
        return "EdDSA" if self.auth_token_alg == "HS256" else self.auth_token_alg

    def admin_emails(self) -> frozenset[str]:
        """Return the normalised addresses that may become administrators."""
        return frozenset(map(normalised_email, _addresses(self.auth_admin_emails)))

    def oidc_providers(self) -> tuple[OidcProvider, ...]:
        """Return the OpenID providers, in their order."""
        given = self.auth_oidc_providers
        return parsed_providers(given.get_secret_value()) if given is not None else ()

    def offers_dev_login(self) -> bool:
        """Return whether signing in without a password exists at all."""
        return self.auth_env == "dev" and self.auth_dev_login and not self.k_service
