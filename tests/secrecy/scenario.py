"""A day in the life of the product in which every kind of secret is issued, used, refused and ended."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from dataclasses import dataclass, field
from importlib import import_module
from io import StringIO
from logging import getLogger
from pathlib import Path

import structlog

from emergence.kernel.logs import configure_logs
from tests.kernel.test_tracing import Collector
from tests.routes.neighbours import Neighbours
from tests.routes.world import AUTH_SECRET, CHAT_SECRET, OWNER_CREDENTIAL, SERVICE_SECRET, World, running_world
from tests.secrecy.issued import Issued
from tests.served_app import served

Step = Callable[[World, Issued], Awaitable[None]]
METRICS_TOKEN = "4c1f09b7e2d85a63b8c40f71d29e5a06"
MAIL_SERVER = "mail.log"  # the test's own mail server, which logs every address
FOLDER = Path(__file__).parent / "steps"


@dataclass
class Traces:
    """What was left behind, as text, and what must not be in it."""

    issued: Issued = field(default_factory=Issued)
    personal: list[str] = field(default_factory=list)
    database: str = field(default="", repr=False)
    logs: str = field(default="", repr=False)
    figures: str = field(default="", repr=False)
    spans: str = field(default="", repr=False)


def steps() -> list[Step]:
    """Return the steps of every file in `steps/`, in the order of the files' names."""
    return [
        step for file in sorted(FOLDER.glob("*.py")) for step in import_module(f"tests.secrecy.steps.{file.stem}").STEPS
    ]


@asynccontextmanager
async def lived(environ: dict[str, str], traces: Traces, around: Neighbours) -> AsyncIterator[World]:
    """Run the product, with all logs and all traces on, through every step; stop it after the block."""
    collector = Collector()
    with logged(traces), redirect_stderr(StringIO()) as said:
        async with served(collector.app) as collector_url:
            tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector_url, "OTEL_TRACES_SAMPLER_ARG": "1"}
            sees = (traces.issued.see_request, traces.issued.see_response)
            async with running_world(environ | tracing, *sees, around=around) as world:
                note_what_only_servers_know(world, traces.issued)
                for step in steps():
                    await step(world, traces.issued)
                await note_keys(world, traces.issued)
                yield world
        traces.logs = said.getvalue()
        traces.spans = "\n".join(str(span) for spans in collector.spans.values() for span in spans)


def note_what_only_servers_know(world: World, issued: Issued) -> None:
    """Remember the settings' secrets and the tokens between services."""
    issued.note("secret of the settings", AUTH_SECRET, CHAT_SECRET, SERVICE_SECRET, METRICS_TOKEN)
    issued.note("credential of the machine's owner", OWNER_CREDENTIAL)
    issued.note("service token", *(world.service_token("auth", name) for name in ("session", "chat")))


async def note_keys(world: World, issued: Issued) -> None:
    """Remember the private key and the keys that are derived from the settings."""
    auth = world.auth
    issued.note("private signing key", str((await auth.keys.active()).key.as_dict(private=True)["d"]))
    derived = (auth.audit_key, *auth.known_address_keys, auth.setup_code_key, auth.work_key)
    issued.note("derived key", *(key.hex() for key in derived))


@contextmanager
def logged(traces: Traces) -> Iterator[None]:
    """Log everything that can be logged; afterwards as before."""
    root = getLogger()
    before = (root.handlers[:], root.level, structlog.get_config())
    configure_logs("DEBUG", "json", "everything")
    getLogger(MAIL_SERVER).disabled = True
    try:
        yield
    finally:
        getLogger(MAIL_SERVER).disabled = False
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        structlog.configure(**before[2])
