"""Which bus the settings name."""

import subprocess
import sys

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from emergence.kernel.events.broadcast.from_settings import broadcast_from_settings
from emergence.kernel.events.bus.from_settings import bus_from_settings, take_pushed_events
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.events.nats_address import nats_address
from emergence.kernel.events.pubsub_address import pubsub_address
from emergence.kernel.events.subscriber import Subscriber
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database
from emergence.kernel.surroundings import CommonSettings, given_bus_url
from emergence.session.settings import SessionSettings

GIVEN = {"EMERGENCE_SERVICE_SECRET": "0123456789abcdef0123456789abcdef"}
NATS = "nats://ada:hunter2@127.0.0.1:1"
PUBSUB = "pubsub://my-project"
PUSHER = "pusher@my-project.iam.gserviceaccount.com"
SHARED, OWN = "postgresql://u:p@127.0.0.1:1/shared", "postgresql://u:p@127.0.0.1:1/bus"


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"DATABASE_URL": SHARED}, SHARED),
        ({"EMERGENCE_BUS_URL": OWN}, OWN),
        ({"DATABASE_URL": SHARED, "EMERGENCE_BUS_URL": OWN, "EMERGENCE_BUS": "postgres"}, OWN),
    ],
)
def test_the_bus_has_its_own_address_or_the_shared_one(environ: dict[str, str], url: str) -> None:
    bus = bus_from_settings(CommonSettings.read(GIVEN | environ))

    assert isinstance(bus, PostgresBus)
    assert bus.url == url


def test_a_bus_without_an_address_is_refused_by_the_names_of_the_settings() -> None:
    with pytest.raises(SettingsInvalid, match=r"EMERGENCE_BUS_URL.*DATABASE_URL"):
        bus_from_settings(CommonSettings.read(GIVEN))


def test_an_unknown_bus_is_refused_by_the_name_of_the_setting() -> None:
    with pytest.raises(SettingsInvalid, match="EMERGENCE_BUS: "):
        CommonSettings.read(GIVEN | {"EMERGENCE_BUS": "carrier-pigeon"})


def test_nats_is_chosen_by_the_setting_and_its_address() -> None:
    settings = CommonSettings.read(GIVEN | {"EMERGENCE_BUS": "nats", "EMERGENCE_BUS_URL": NATS, "DATABASE_URL": SHARED})

    assert type(bus_from_settings(settings)).__name__ == "NatsBus"
    assert type(broadcast_from_settings(settings, "session")).__name__ == "NatsBroadcast"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"EMERGENCE_BUS": "nats"}, "EMERGENCE_BUS: nats needs EMERGENCE_BUS_URL like nats://host:4222"),
        (
            {"EMERGENCE_BUS": "nats", "EMERGENCE_BUS_URL": OWN},
            "EMERGENCE_BUS: nats needs EMERGENCE_BUS_URL like nats://host:4222",
        ),
        ({"EMERGENCE_BUS_URL": NATS}, "EMERGENCE_BUS_URL: is the address of a NATS server; set EMERGENCE_BUS=nats"),
        ({"EMERGENCE_BUS": "pubsub"}, "EMERGENCE_BUS: pubsub needs EMERGENCE_BUS_URL like pubsub://my-project"),
        ({"EMERGENCE_BUS": "pubsub", "EMERGENCE_BUS_URL": NATS}, "EMERGENCE_BUS: pubsub needs EMERGENCE_BUS_URL"),
        ({"EMERGENCE_BUS_URL": PUBSUB}, "EMERGENCE_BUS_URL: is an address on Pub/Sub; set EMERGENCE_BUS=pubsub"),
        (
            {"EMERGENCE_BUS": "pubsub", "EMERGENCE_BUS_URL": "pubsub://ada:hunter2@my-project"},
            "EMERGENCE_BUS_URL: must be a Pub/Sub address like",
        ),
        ({"EMERGENCE_BUS_URL": "mysql://u:hunter2@h/db"}, "EMERGENCE_BUS_URL: must be a PostgreSQL address like"),
        (
            {"EMERGENCE_BUS": "nats", "EMERGENCE_BUS_URL": "nats://ada:hunter2@"},
            "EMERGENCE_BUS_URL: must be a NATS address like",
        ),
    ],
)
def test_a_bus_and_an_address_of_another_kind_are_refused_in_one_sentence(
    environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        CommonSettings.read(GIVEN | {"DATABASE_URL": SHARED} | environ)

    assert str(raised.value).startswith(sentence)
    assert "hunter2" not in str(raised.value)
    with pytest.raises(SettingsInvalid) as by_tool:
        given_bus_url({"DATABASE_URL": SHARED} | environ)
    assert str(by_tool.value).partition(":")[0] == sentence.partition(":")[0]


def test_a_process_with_the_bus_in_postgresql_loads_nothing_of_the_others() -> None:
    program = (
        "import sys\n"
        "from emergence.kernel.events.broadcast.from_settings import broadcast_from_settings\n"
        "from emergence.kernel.events.bus.from_settings import bus_from_settings\n"
        "from emergence.kernel.surroundings import CommonSettings\n"
        f"settings = CommonSettings.read({GIVEN | {'DATABASE_URL': SHARED}!r})\n"
        "bus_from_settings(settings), broadcast_from_settings(settings, 'session')\n"
        "print({'nats', 'aiohttp', 'emergence.kernel.events.bus.pubsub'} & {*sys.modules})"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout == "set()\n"


def test_pubsub_is_chosen_by_the_setting_and_notes_stay_in_the_services_own_database() -> None:
    given = GIVEN | {"EMERGENCE_BUS": "pubsub", "EMERGENCE_BUS_URL": PUBSUB, "SESSION_DATABASE_URL": SHARED}
    settings = SessionSettings.read(given)

    assert type(bus_from_settings(settings)).__name__ == "PubsubBus"
    assert type(broadcast_from_settings(settings, "session")).__name__ == "PostgresBroadcast"
    with pytest.raises(SettingsInvalid, match=r"DATABASE_URL.*SESSION_DATABASE_URL"):
        broadcast_from_settings(SessionSettings.read(given | {"SESSION_DATABASE_URL": ""}), "session")


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"EMERGENCE_BUS_PUSH_ACCOUNT": PUSHER}, "EMERGENCE_BUS_PUSH_ACCOUNT: needs EMERGENCE_BUS=pubsub"),
        (
            {"EMERGENCE_BUS": "pubsub", "EMERGENCE_BUS_URL": PUBSUB, "EMERGENCE_BUS_PUSH_ACCOUNT": "pusher"},
            "EMERGENCE_BUS_PUSH_ACCOUNT: must be a service account like",
        ),
        (
            {"EMERGENCE_BUS": "pubsub", "EMERGENCE_BUS_URL": PUBSUB, "EMERGENCE_BUS_PUSH_ACCOUNT": PUSHER},
            "SESSION_SERVICE_URL: is required with EMERGENCE_BUS_PUSH_ACCOUNT",
        ),
        (
            {"AUTH_SERVICE_ACCOUNTS": f"{PUSHER}=auth", "AUTH_SERVICE_URL": "https://auth.example.org"},
            "SESSION_SERVICE_URL: is required with AUTH_SERVICE_ACCOUNTS",
        ),
    ],
)
def test_who_may_push_and_call_is_said_completely(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        SessionSettings.read(GIVEN | environ)

    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize("is_pushed", [False, True])
def test_the_route_for_pushes_is_there_only_where_an_account_may_push(is_pushed: bool) -> None:
    given = GIVEN | {"EMERGENCE_BUS": "pubsub", "EMERGENCE_BUS_URL": PUBSUB, "DATABASE_URL": SHARED}
    account = {"EMERGENCE_BUS_PUSH_ACCOUNT": PUSHER, "SESSION_SERVICE_URL": "https://session.example.org"}
    settings = SessionSettings.read(given | account if is_pushed else given)
    app, bus = FastAPI(), bus_from_settings(settings)

    take_pushed_events(app, settings, bus, Subscriber(Database(SHARED, "session"), bus, "session", {}))

    paths = [route.path for route in app.routes if isinstance(route, APIRoute)]
    assert paths == (["/api/session/internal/events"] if is_pushed else [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("pubsub://my-project", ("my-project", "emergence")),
        ("pubsub://my-project/", ("my-project", "emergence")),
        ("pubsub://my-project/second", ("my-project", "second")),
    ],
)
def test_a_pubsub_address_says_which_project_and_under_which_names(url: str, expected: tuple[str, str]) -> None:
    read = pubsub_address(url)

    assert (read.project, read.prefix) == expected


@pytest.mark.parametrize(
    "url",
    [
        "pubsub://",
        "pubsub://x",
        "pubsub://My-Project",
        "pubsub://my-project:80",
        "pubsub://my-project/a/b",
        "pubsub://my-project/google",
        "pubsub://my-project?x=1",
        "pubsub:my-project",
        "nats://my-project",
    ],
)
def test_a_malformed_pubsub_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match="must be a Pub/Sub address like"):
        pubsub_address(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("nats://h", ("nats://h:4222", "emergence", False, None, None, None)),
        ("tls://h:1/two", ("tls://h:1", "two", True, None, None, None)),
        ("nats://a%40b:p%2Fq@[::1]:5", ("nats://[::1]:5", "emergence", False, "a@b", "p/q", None)),
        ("nats://to%3Aken@h", ("nats://h:4222", "emergence", False, None, None, "to:ken")),
    ],
)
def test_a_nats_address_says_where_who_and_under_which_names(url: str, expected: tuple[object, ...]) -> None:
    read = nats_address(url)

    assert (read.server, read.prefix, read.is_encrypted, read.user, read.password, read.token) == expected


@pytest.mark.parametrize(
    "url", ["nats://", "nats://h:x", "nats://h:99999", "nats://h/a.b", "nats://h/a/b", "nats://h?x=1", "http://h"]
)
def test_a_malformed_nats_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match="must be a NATS address like"):
        nats_address(url)
