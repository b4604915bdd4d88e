"""Sidecars that really run: a person talks through them, and whoever may not call is refused; over a database each.

`make thorough THOROUGH=tests/infra/cloud_run/test_mesh_run.py`: three processes and four Envoys.
"""

import http.client
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml

from blueprint.databases import database_secrets, services_with
from blueprint.mesh.callers import EDGE_ACCOUNT, identity
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
from localrun.certificates import Authority, Issued, write_secrets
from localrun.databases import own_databases
from localrun.instance import free_port
from localrun.mesh import ENVIRONMENT, Mesh
from localrun.product import Product, kept_secrets
from localrun.proxy import Proxy
from tests.databases import EngineLoop
from tests.journeys.deployment import Deployment, model_environ
from tests.journeys.program import PATIENCE_S
from tests.journeys.visitor import PASSWORD, Visitor, text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words
from tests.thorough import IS_THOROUGH

pytestmark = [
    pytest.mark.skipif(not IS_THOROUGH, reason="a minute of two processors: `make thorough`"),
    pytest.mark.xdist_group("mesh"),
]
ADA = "ada@example.org"
READY, KEYS, INTERNAL = "/api/ready", "/.well-known/jwks.json", "/api/auth/internal/introspect"
DATABASES = {"emergence_auth", "emergence_session", "emergence_chat", "emergence_memory", "emergence_bus"}


@dataclass(repr=False)
class Meshed:
    """The product with its sidecars, and where each service keeps its data."""

    product: Product
    mesh: Mesh
    databases: dict[str, str]
    folder: Path
    secret: str


@pytest.fixture(scope="module")
def models(engine_loop: EngineLoop) -> Iterator[OpenAIServer]:
    server = OpenAIServer()
    engine_loop.run(server.__aenter__())
    yield server
    engine_loop.run(server.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def meshed(engine_loop: EngineLoop, models: OpenAIServer) -> Iterator[Meshed]:
    with tempfile.TemporaryDirectory(prefix="emergence-mesh-") as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        folder.chmod(0o711)
        for variable, value in {**model_environ(models), "MEMORY_EMBEDDING_MODEL": "none"}.items():
            patch.setenv(variable, value)
        patch.delenv("OPENAI_API_KEY", raising=False)
        patch.setattr("localrun.product.OPERATORS", ("MEMORY_EMBEDDING_MODEL", *model_environ(models)))
        engine = EmbeddedPostgres(folder / "postgres")
        url = engine_loop.run(engine.__aenter__()).url
        try:
            secrets = database_secrets(services_with("each", "postgres"))
            databases = engine_loop.run(own_databases(url, secrets))
            with closing(Product(folder, databases, free_port(), has_mesh=True)) as product:
                product.start()
                assert product.mesh is not None
                yield Meshed(product, product.mesh, databases, folder, kept_secrets(folder)["EMERGENCE_SERVICE_SECRET"])
        finally:
            engine_loop.run(engine.__aexit__(None, None, None))


@pytest.fixture
async def ada(meshed: Meshed) -> AsyncIterator[Visitor]:
    deployment = Deployment("split", meshed.folder, meshed.product.url, {}, {})
    async with Visitor(deployment, ADA) as visitor:
        code = meshed.product.setup_code()
        body = {"email": ADA, "password": PASSWORD, "display_name": "Ada", "code": code}
        claimed = await visitor.call("POST", "/api/auth/setup", body)
        assert claimed.status == 200, claimed
        visitor.token = claimed.body["access_token"]
        yield visitor


async def test_a_person_signs_in_and_talks_over_the_socket(meshed: Meshed, ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(30), rate=100))

    async with ada.live() as live:
        ack = await live.send("Through the mesh")
        final = await live.answer_to(ack)

    assert final == "".join(words(30)) == text_of(await ada.stored(ack))
    assert all(proxy.is_running for proxy in meshed.mesh.proxies.values())


async def test_each_service_keeps_its_data_in_its_own_database_and_may_enter_no_other(meshed: Meshed) -> None:
    ours = {"auth", "session", "chat", "memory", "bus"}

    for secret, address in meshed.databases.items():
        own = urlsplit(address)
        connection = await asyncpg.connect(address)
        try:
            schemas = {row[0] for row in await connection.fetch("SELECT nspname FROM pg_namespace")} & ours
            databases = {row[0] for row in await connection.fetch("SELECT datname FROM pg_database")}
        finally:
            await connection.close()
        assert schemas == {"bus" if secret == "EMERGENCE_BUS_URL" else secret.partition("_")[0].lower()}
        assert databases >= DATABASES
        for other in DATABASES - {own.path.strip("/")}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
                await asyncpg.connect(own._replace(path=f"/{other}").geturl())


def test_without_a_certificate_a_service_is_not_even_asked(meshed: Meshed) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask(meshed, "auth", KEYS, None)


def test_a_certificate_of_another_authority_is_refused(meshed: Meshed) -> None:
    forged = Authority().issue(identity("emergence-session", ENVIRONMENT))

    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask(meshed, "auth", KEYS, forged)


def test_without_tls_nothing_is_answered(meshed: Meshed) -> None:
    line = http.client.HTTPConnection(meshed.mesh.address_of("auth"), timeout=10)
    with closing(line), pytest.raises((http.client.HTTPException, OSError)):
        line.request("GET", KEYS)
        line.getresponse()


@pytest.mark.parametrize(
    ("account", "path", "status"),
    [
        ("emergence-session", KEYS, 200),
        ("emergence-session", INTERNAL, 405),  # let in; it takes POST
        ("emergence-session", "/api/auth/me", 403),
        ("emergence-session", "/api/auth/internal/../me", 403),
        ("emergence-session", "/api/auth/internal/%2e%2e/me", 403),
        ("emergence-session", "/api/auth/internal%2fintrospect", 400),
        ("emergence-main", READY, 200),
        ("emergence-main", "/metrics", 403),
        (EDGE_ACCOUNT, KEYS, 200),
        (EDGE_ACCOUNT, INTERNAL, 403),
        (EDGE_ACCOUNT, "/api/x/../auth/internal/introspect", 403),
        ("emergence-documents", KEYS, 403),
        ("emergence-keeper", READY, 403),
    ],
)
def test_an_account_may_ask_what_it_has_to_and_nothing_else(
    meshed: Meshed, account: str, path: str, status: int
) -> None:
    assert ask(meshed, "auth", path, meshed.mesh.authority.issue(identity(account, ENVIRONMENT))) == status


@pytest.mark.parametrize(
    "name",
    [
        identity("emergence-session", "prod"),
        identity("emergence-session", ENVIRONMENT, "elsewhere"),
        f"{identity('emergence-session', ENVIRONMENT)}/x",
    ],
)
def test_the_same_account_of_another_place_is_nobody(meshed: Meshed, name: str) -> None:
    assert ask(meshed, "auth", KEYS, meshed.mesh.authority.issue(name)) == 403


def test_a_certificate_that_has_ended_is_refused(meshed: Meshed) -> None:
    ended = meshed.mesh.authority.issue(identity("emergence-session", ENVIRONMENT), timedelta(seconds=-1))

    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask(meshed, "auth", KEYS, ended)


def test_new_certificates_are_taken_without_a_restart(meshed: Meshed) -> None:
    before = shown(meshed)

    meshed.mesh.renew()

    until = time.monotonic() + PATIENCE_S
    while shown(meshed) == before:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert plain(meshed, "session", "auth") == 200


def test_the_keys_are_readable_by_their_owner_alone(meshed: Meshed) -> None:
    kept = [*meshed.mesh.folder.glob("emergence-*/*"), *meshed.mesh.folder.glob("emergence-*")]

    assert len(kept) == 4 * 3
    assert {file.stat().st_mode & 0o077 for file in [*kept, meshed.mesh.folder]} == {0}


def test_what_a_service_says_of_itself_does_not_make_it_another(meshed: Meshed) -> None:
    """A token of session, presented with main's certificate, at what only neighbours may ask."""
    token = ServiceTokens(meshed.secret, "session").token_for("auth")
    issued = meshed.mesh.authority.issue(identity("emergence-documents", ENVIRONMENT))

    assert ask(meshed, "auth", INTERNAL, issued, {"authorization": f"Bearer {token}"}) == 403


@pytest.mark.parametrize("is_known", [True, False])
def test_a_sidecar_that_was_made_wrongly_is_noticed(meshed: Meshed, is_known: bool) -> None:
    """What the tests above ask, asked of a sidecar without rules, and of one that wants no certificate either."""
    configuration = yaml.safe_load((meshed.mesh.folder / "auth.yaml").read_text())
    (listener, *_) = configuration["static_resources"]["listeners"]
    (chain,) = listener["filter_chains"]
    manager = chain["filters"][0]["typed_config"]
    manager["http_filters"] = manager["http_filters"][-1:]
    chain["transport_socket"]["typed_config"]["require_client_certificate"] = is_known
    configuration["static_resources"]["listeners"] = [listener]
    port = free_port()
    listener["address"]["socket_address"]["port_value"] = port
    stranger = meshed.mesh.authority.issue(identity("emergence-documents", ENVIRONMENT))

    with closing(Proxy(meshed.mesh.folder, "bad", configuration, port)):
        assert ask(meshed, f"127.0.0.1:{port}", KEYS, stranger if is_known else None) == 200


def test_a_neighbour_that_is_not_who_it_should_be_is_told_nothing(meshed: Meshed) -> None:
    """Last, as auth's sidecar is another one from here on: of the same authority, with a name that is not auth's."""
    mesh, port = meshed.mesh, int(meshed.mesh.address_of("auth").rpartition(":")[2])
    assert plain(meshed, "session", "auth") == 200
    configuration = yaml.safe_load((mesh.folder / "auth.yaml").read_text())
    mesh.proxies["auth"].close()
    stranger = mesh.authority.issue(identity("emergence-documents", ENVIRONMENT))
    write_secrets(mesh.folder / "emergence-auth", stranger, mesh.authority.certificate)

    with closing(Proxy(mesh.folder, "auth", configuration, port)):
        assert plain(meshed, "session", "auth") == 503


def context(meshed: Meshed, issued: Issued | None) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.load_verify_locations(cadata=meshed.mesh.authority.certificate)
    if issued is not None:
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(issued.certificate + issued.key)
            file.flush()
            made.load_cert_chain(file.name)
    return made


def ask(meshed: Meshed, service: str, path: str, issued: Issued | None, headers: dict[str, str] | None = None) -> int:
    """Call a sidecar, or another address, as whoever a certificate says, and return the status."""
    address = service if ":" in service else meshed.mesh.address_of(service)
    with closing(http.client.HTTPSConnection(address, timeout=10, context=context(meshed, issued))) as line:
        line.request("GET", path, headers=headers or {})
        return line.getresponse().status


def plain(meshed: Meshed, caller: str, called: str) -> int:
    """Ask a neighbour as a service's own process does, at its own sidecar."""
    address = meshed.mesh.as_seen_by(caller)[called].removeprefix("http://")
    with closing(http.client.HTTPConnection(address, timeout=10)) as line:
        line.request("GET", KEYS)
        return line.getresponse().status


def shown(meshed: Meshed) -> bytes:
    """Return the certificate that auth's sidecar shows."""
    issued = meshed.mesh.authority.issue(identity("emergence-session", ENVIRONMENT))
    host, _, port = meshed.mesh.address_of("auth").rpartition(":")
    line = http.client.HTTPSConnection(host, int(port), timeout=10, context=context(meshed, issued))
    with closing(line):
        line.connect()
        found = line.sock.getpeercert(binary_form=True)
    assert isinstance(found, bytes)
    return found
