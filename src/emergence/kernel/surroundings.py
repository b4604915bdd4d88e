"""What a process gives to each service that it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, TypeAdapter, ValidationError, model_validator

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.events.nats_address import is_nats, nats_address
from emergence.kernel.google_identities import GoogleIdentities, google_keys, service_accounts
from emergence.kernel.ids import new_id
from emergence.kernel.issued_service_tokens import KnowsServices
from emergence.kernel.settings import Secret, ServerAddress, Settings, SettingsInvalid, WebAddress
from emergence.kernel.wire.peers import Peers

DATABASE_FORM = "must be a PostgreSQL address like postgresql://user:password@host:5432/name"

BUS_FORM = "must be a PostgreSQL address like postgresql://user:password@host:5432/name, or one like nats://host:4222"


def _postgresql_address(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError(DATABASE_FORM)
    return value


def _bus_address(value: SecretStr) -> SecretStr:
    if is_nats(value.get_secret_value()):
        nats_address(value.get_secret_value())
    elif urlsplit(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError(BUS_FORM)
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if len(secret.encode()) < 32:
        raise ValueError("must be at least 32 bytes: make one with `openssl rand -hex 32`")
    if len(set(secret)) < 8 or "changeme" in secret.lower() or "secret" in secret.lower():
        raise ValueError("is guessable: make one with `openssl rand -hex 32`")
    return value


DatabaseUrl = Annotated[Secret, AfterValidator(_postgresql_address)]
BusUrl = Annotated[Secret, AfterValidator(_bus_address)]
_BUS_URL: TypeAdapter[SecretStr] = TypeAdapter(BusUrl)
_DATABASE_URL: TypeAdapter[SecretStr] = TypeAdapter(DatabaseUrl)
StrongSecret = Annotated[Secret, AfterValidator(_long_enough)]


def check_bus(bus: str, url: SecretStr | None) -> None:
    """Raise ValueError when a kind of bus and an address do not belong together."""
    is_at_nats = url is not None and is_nats(url.get_secret_value())
    if bus == "nats" and not is_at_nats:
        raise ValueError("EMERGENCE_BUS: nats needs EMERGENCE_BUS_URL like nats://host:4222")
    if bus != "nats" and is_at_nats:
        raise ValueError("EMERGENCE_BUS_URL: is the address of a NATS server; set EMERGENCE_BUS=nats with it")


class CommonSettings(Settings):
    """Variables that every service reads."""

    database_url: DatabaseUrl | None = Field(
        default=None, description="PostgreSQL address shared by all services; a service's own variable wins over it."
    )
    emergence_service_secret: StrongSecret = Field(
        description="Signs the short tokens with which services call each other; the same in every service, ≥ 32 bytes."
    )
    emergence_public_url: ServerAddress | None = Field(
        default=None,
        description="Address that browsers use, without a path (https://chat.example.org): for Origins and cookies.",
    )
    emergence_env: Literal["local", "development", "production"] = Field(
        default="production",
        description="`local` under `emergence up`; anything but `production` allows weaker defaults.",
    )
    auth_service_accounts: str = Field(
        default="",
        description="On Cloud Run: which service each service account is that may call this one, like "
        "`session@project.iam.gserviceaccount.com=session`, with commas between; needs AUTH_SERVICE_URL.",
    )
    auth_service_url: ServerAddress | None = Field(
        default=None,
        description="This process's own address as its callers' identity tokens name it (`aud`); not shared "
        "with another process, or a token for one opens the other.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Lowest level that is logged."
    )
    log_format: Literal["json", "text"] = Field(
        default="json", description="`json` for machines, `text` for a terminal."
    )
    metrics_token: Secret | None = Field(
        default=None,
        description="Bearer token that /metrics asks for; without one the gateway has /metrics only on loopback and "
        "without EMERGENCE_PUBLIC_URL: behind a proxy everybody comes from loopback.",
    )
    otel_exporter_otlp_endpoint: WebAddress | None = Field(
        default=None,
        description="OpenTelemetry collector (OTLP over HTTP); traces are off without it.",
    )
    otel_traces_sampler_arg: float = Field(default=0.05, ge=0, le=1, description="Share of requests that are traced.")
    emergence_bus: Literal["postgres", "nats"] = Field(
        default="postgres",
        description="How events travel between services: `postgres` needs nothing else to run, `nats` a NATS server "
        "with JetStream; the same for all services.",
    )
    emergence_bus_url: BusUrl | None = Field(
        default=None,
        description="Address of the bus, the same for all services: PostgreSQL's (DATABASE_URL when not set), or with "
        "EMERGENCE_BUS=nats one like nats://user:password@host:4222, tls:// where the line is to be encrypted.",
    )
    database_pool_size: int = Field(
        default=8,
        ge=1,
        le=100,
        description="Connections per service and process; the sum must stay below the server's limit.",
    )

    @model_validator(mode="after")
    def _bus_and_address_belong_together(self) -> Self:
        check_bus(self.emergence_bus, self.emergence_bus_url)
        return self

    @model_validator(mode="after")
    def _accounts_can_be_verified(self) -> Self:
        try:
            accounts = service_accounts(self.auth_service_accounts)
        except ValueError as malformed:
            raise ValueError(f"AUTH_SERVICE_ACCOUNTS: {malformed}") from None
        if accounts and self.auth_service_url is None:
            raise ValueError("AUTH_SERVICE_URL: is required with AUTH_SERVICE_ACCOUNTS")
        return self

    def known_by_platform(self, clock: Clock) -> tuple[KnowsServices, ...]:
        """Return what verifies callers that the platform vouches for; empty where none is listed."""
        accounts = service_accounts(self.auth_service_accounts)
        if not accounts or self.auth_service_url is None:
            return ()
        return (GoogleIdentities(google_keys(), audience=self.auth_service_url, accounts=accounts, clock=clock),)


def first_database_url(environ: Mapping[str, str], *variables: str) -> str | None:
    """Return the PostgreSQL address in the first of `variables` that is set; for tools that need no other setting.

    Raises SettingsInvalid.
    """
    for variable in variables:
        if given := environ.get(variable, "").strip():
            try:
                return _DATABASE_URL.validate_python(given).get_secret_value()
            except ValidationError:
                raise SettingsInvalid(f"{variable}: {DATABASE_FORM}") from None
    return None


def given_bus_url(environ: Mapping[str, str]) -> str | None:
    """Return the address of the bus, DATABASE_URL where it has none; for tools that need no other setting.

    Raises SettingsInvalid.
    """
    given = environ.get("EMERGENCE_BUS_URL", "").strip()
    try:
        url = _BUS_URL.validate_python(given) if given else None
    except ValidationError:
        raise SettingsInvalid(f"EMERGENCE_BUS_URL: {BUS_FORM}") from None
    try:
        check_bus(environ.get("EMERGENCE_BUS", "").strip() or "postgres", url)
    except ValueError as mismatch:
        raise SettingsInvalid(str(mismatch)) from None
    return url.get_secret_value() if url is not None else first_database_url(environ, "DATABASE_URL")


def missing_database(service: str) -> str:
    """Return what to tell somebody who gave a service no database."""
    return f"DATABASE_URL: is required (or {service.upper()}_DATABASE_URL for this service alone)"


def service_database_url(settings: CommonSettings, service: str) -> str:
    """Return the PostgreSQL address of one service: its own variable, else the shared one.

    Raises SettingsInvalid naming both when neither is set.
    """
    own: SecretStr | None = getattr(settings, f"{service}_database_url", None)
    address = own or settings.database_url
    if address is None:
        raise SettingsInvalid(missing_database(service))
    return address.get_secret_value()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Environment, neighbours and clock of one process."""

    environ: Mapping[str, str]
    peers: Peers = field(default_factory=Peers)
    clock: Clock = field(default_factory=SystemClock)
    instance: str = field(default_factory=lambda: str(new_id()))
    drain_time: timedelta = timedelta(seconds=10)
