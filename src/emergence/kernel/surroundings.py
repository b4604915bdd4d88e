"""What a process gives to each service that it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, TypeAdapter, ValidationError, model_validator

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.events.nats_address import is_nats, nats_address
from emergence.kernel.events.pubsub_address import is_pubsub, pubsub_address
from emergence.kernel.google_identities import GoogleIdentities, google_keys, is_account, service_accounts
from emergence.kernel.ids import new_id
from emergence.kernel.issued_service_tokens import KnowsServices
from emergence.kernel.settings import Boolean, Secret, ServerAddress, Settings, SettingsInvalid, WebAddress
from emergence.kernel.wire.peers import Peers

DATABASE_FORM = "must be a PostgreSQL address like postgresql://user:password@host:5432/name"

BUS_FORM = (
    "must be a PostgreSQL address like postgresql://user:password@host:5432/name, or one like nats://host:4222 or "
    "pubsub://my-project"
)


def _postgresql_address(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError(DATABASE_FORM)
    return value


def _bus_address(value: SecretStr) -> SecretStr:
    if is_nats(value.get_secret_value()):
        nats_address(value.get_secret_value())
    elif is_pubsub(value.get_secret_value()):
        pubsub_address(value.get_secret_value())
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
    given = url.get_secret_value() if url is not None else ""
    if bus == "nats" and not is_nats(given):
        raise ValueError("EMERGENCE_BUS: nats needs EMERGENCE_BUS_URL like nats://host:4222")
    if bus == "pubsub" and not is_pubsub(given):
        raise ValueError("EMERGENCE_BUS: pubsub needs EMERGENCE_BUS_URL like pubsub://my-project")
    if bus != "nats" and is_nats(given):
        raise ValueError("EMERGENCE_BUS_URL: is the address of a NATS server; set EMERGENCE_BUS=nats with it")
    if bus != "pubsub" and is_pubsub(given):
        raise ValueError("EMERGENCE_BUS_URL: is an address on Pub/Sub; set EMERGENCE_BUS=pubsub with it")


class CommonSettings(Settings):
    """Variables that every service reads; a service's own settings say as `service` whose they are."""

    service: ClassVar[str | None] = None

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
        "`session@project.iam.gserviceaccount.com=session`, with commas between; needs this service's own address, "
        "like SESSION_SERVICE_URL in session.",
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
    emergence_bus: Literal["postgres", "nats", "pubsub"] = Field(
        default="postgres",
        description="How events travel between services: `postgres` needs nothing else to run, `nats` a NATS server "
        "with JetStream, `pubsub` a project on Google Cloud; the same for all services.",
    )
    emergence_bus_url: BusUrl | None = Field(
        default=None,
        description="Address of the bus, the same for all services: PostgreSQL's (DATABASE_URL when not set), or with "
        "EMERGENCE_BUS=nats one like nats://user:password@host:4222, tls:// where the line is to be encrypted, or with "
        "EMERGENCE_BUS=pubsub one like pubsub://my-project.",
    )
    emergence_bus_push_account: str | None = Field(
        default=None,
        description="With EMERGENCE_BUS=pubsub: the service account as which Pub/Sub pushes events to "
        "/api/NAME/internal/events; needs this service's own address. Services pull when it is not set.",
    )
    pubsub_emulator_host: str | None = Field(
        default=None,
        description="Host and port of Google's Pub/Sub emulator, for tests: no account is asked for there.",
    )
    emergence_google_identity: Boolean = Field(
        default=False,
        description="On Cloud Run: calls to services in other processes also prove which service account calls, for "
        "services that only some accounts may invoke. Google checks it there; each needs roles/run.invoker.",
    )
    gce_metadata_host: str | None = Field(
        default=None, description="Host and port of Google's metadata server where it is not the usual one, for tests."
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
    def _pushes_can_be_verified(self) -> Self:
        account = self.emergence_bus_push_account
        if account is not None and not is_account(account):
            raise ValueError(
                "EMERGENCE_BUS_PUSH_ACCOUNT: must be a service account like pusher@project.iam.gserviceaccount.com"
            )
        if account is not None and self.emergence_bus != "pubsub":
            raise ValueError("EMERGENCE_BUS_PUSH_ACCOUNT: needs EMERGENCE_BUS=pubsub")
        return self._with_own_address("EMERGENCE_BUS_PUSH_ACCOUNT" if account is not None else None)

    @model_validator(mode="after")
    def _accounts_can_be_verified(self) -> Self:
        try:
            accounts = service_accounts(self.auth_service_accounts)
        except ValueError as malformed:
            raise ValueError(f"AUTH_SERVICE_ACCOUNTS: {malformed}") from None
        return self._with_own_address("AUTH_SERVICE_ACCOUNTS" if accounts else None)

    def _with_own_address(self, variable: str | None) -> Self:
        if variable is not None and self.service is not None and self.own_address() is None:
            raise ValueError(f"{self.service.upper()}_SERVICE_URL: is required with {variable}")
        return self

    def own_address(self) -> str | None:
        """Return where this service is called, as identity tokens for it name it (`aud`)."""
        address: str | None = getattr(self, f"{self.service}_service_url", None)
        return address

    def known_by_platform(self, clock: Clock) -> tuple[KnowsServices, ...]:
        """Return what verifies callers that the platform vouches for; empty where none is listed."""
        accounts, audience = service_accounts(self.auth_service_accounts), self.own_address()
        if not accounts or audience is None:
            return ()
        return (GoogleIdentities(google_keys(), audience=audience, accounts=accounts, clock=clock),)


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
