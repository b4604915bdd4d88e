"""Looks at the configuration: settings of every service, the database, providers of models."""

import asyncio
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import asyncpg

from emergence.composition import every_settings_class, problems_under_up
from emergence.doctor.finding import Finding
from emergence.kernel.errors import Unavailable
from emergence.kernel.events.pubsub_address import GoogleHosts

# What a provider of models needs in the environment; one that lacks a part of it does not answer.
PROVIDER_VARIABLES = (
    ("ANTHROPIC_API_KEY",),
    ("OPENAI_API_KEY",),
    ("OPENAI_COMPATIBLE_BASE_URL", "OPENAI_COMPATIBLE_MODEL"),
)
OLDEST_POSTGRESQL = 15
OUR_PREFIXES = ("EMERGENCE_", "AUTH_", "SESSION_", "CHAT_", "MEMORY_", "GATEWAY_")
OF_MAKE = frozenset({"CHROMIUM"})


def look_at_configuration(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what the environment says; the database is asked, providers are not."""
    problems = problems_under_up(environ)
    for problem in problems:
        yield Finding("settings", "problem", problem, "See `emergence settings` for its meaning.")
    if not problems:
        yield Finding("settings", "ok", "every variable that is set can be used")
    yield from _unread(environ)
    if url := environ.get("DATABASE_URL", "").strip():
        yield asyncio.run(_database(url))
    bus, bus_url = (environ.get(name, "").strip() for name in ("EMERGENCE_BUS", "EMERGENCE_BUS_URL"))
    if not problems and bus == "nats":
        yield asyncio.run(_nats(bus_url))
    if not problems and bus == "pubsub":
        yield asyncio.run(_pubsub(bus_url, GoogleHosts.given(environ)))
    if keys := environment_models(environ):
        yield Finding("models", "ok", f"set: {', '.join(keys)}")
    elif environ.get("OPENAI_COMPATIBLE_BASE_URL"):
        mend = "Set OPENAI_COMPATIBLE_MODEL to the name of a model at that address."
        yield Finding("models", "problem", "OPENAI_COMPATIBLE_BASE_URL is set without a model", mend)
    else:
        yield Finding(
            "models", "note", "no key in the environment", "Add one in the settings page, or set one of the variables."
        )


def environment_models(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that make providers of models answer, where each has all that it needs."""
    return [needed[0] for needed in PROVIDER_VARIABLES if all(environ.get(name, "").strip() for name in needed)]


def _unread(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield variables that look like ours and are read by nobody."""
    known = {name for kind in every_settings_class() for name in kind.variables()}
    for name in sorted(environ.keys() - known - OF_MAKE):
        near = get_close_matches(name, known, n=1, cutoff=0.85)
        if near or name.startswith(OUR_PREFIXES):
            mend = f"Did you mean {near[0]}?" if near else "`emergence settings` lists every variable."
            yield Finding("settings", "note", f"{name} is set, and nothing reads it", mend)


async def _database(url: str) -> Finding:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError, ValueError) as refused:
        reason = type(refused).__name__
        return Finding("database", "problem", f"DATABASE_URL does not answer ({reason})", "Check address and password.")
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    if version.major < OLDEST_POSTGRESQL:
        return Finding("database", "problem", f"PostgreSQL {version.major}", f"Use {OLDEST_POSTGRESQL} or newer.")
    return Finding("database", "ok", f"PostgreSQL {version.major}.{version.minor} answers")


async def _nats(url: str) -> Finding:
    from emergence.kernel.events.bus.nats import NatsBus  # only whoever uses it pays for loading it

    bus = NatsBus(url)
    try:
        await bus.prepare()
    except Unavailable:
        mend = "Check address and password, and that JetStream is switched on (`nats-server -js`)."
        return Finding("bus", "problem", "EMERGENCE_BUS_URL does not answer, or has no JetStream", mend)
    finally:
        await bus.close()
    return Finding("bus", "ok", "NATS answers, with JetStream")


async def _pubsub(url: str, hosts: GoogleHosts) -> Finding:
    from emergence.kernel.events.bus.pubsub import PubsubBus  # only whoever uses it pays for loading it

    bus = PubsubBus(url, hosts=hosts)
    try:
        await bus.check()
    except Unavailable as failed:
        mend = (
            "Type `emergence migrate`; on Google's machines the service's account needs roles/pubsub.viewer for this."
        )
        return Finding("bus", "problem", f"EMERGENCE_BUS_URL: {failed.detail}", mend)
    finally:
        await bus.close()
    return Finding("bus", "ok", "Pub/Sub answers, and the topic of events is there")
