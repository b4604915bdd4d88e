"""Variables of a process as a whole: where it listens, where its neighbours are, where its data lies."""

from pydantic import Field

from emergence.kernel.settings import Secret, ServerAddress, Settings


def _neighbour(service: str) -> str | None:
    address: str | None = Field(
        default=None,
        description=f"Address of the {service} service when it runs in another process. In its own process: its own "
        "address, as identity tokens for it name it (`aud`); not shared with another process, or a token for one opens "
        "the other.",
    )
    return address


class ProcessSettings(Settings):
    """Read by `emergence up` and `emergence serve` before any service is built."""

    emergence_host: str = Field(
        default="127.0.0.1", description="Address to listen on; beyond loopback a set-up code guards the first start."
    )
    emergence_port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    port: int | None = Field(
        default=None, ge=0, le=65535, description="Port given by Cloud Run; wins over EMERGENCE_PORT."
    )
    emergence_data_dir: str | None = Field(
        default=None,
        description="Folder of the embedded engines and of generated secrets; default: the user's data folder.",
    )
    auth_service_url: ServerAddress | None = _neighbour("auth")
    session_service_url: ServerAddress | None = _neighbour("session")
    chat_service_url: ServerAddress | None = _neighbour("chat")
    memory_service_url: ServerAddress | None = _neighbour("memory")

    def neighbours(self) -> dict[str, str]:
        """Return service name to address, for those that are set."""
        addresses = {
            "auth": self.auth_service_url,
            "session": self.session_service_url,
            "chat": self.chat_service_url,
            "memory": self.memory_service_url,
        }
        return {service: address for service, address in addresses.items() if address is not None}

    def listening_port(self) -> int:
        """Return the port to bind."""
        return self.emergence_port if self.port is None else self.port


class TerminalSettings(Settings):
    """Read by `emergence chat` and `emergence threads` when they sign in to a server with `--url`."""

    emergence_email: str | None = Field(
        default=None, description="Address to sign in with from a terminal; asked for when not set."
    )
    emergence_password: Secret | None = Field(
        default=None, description="Password to sign in with from a terminal; asked for when not set."
    )
