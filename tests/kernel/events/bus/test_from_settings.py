"""Which bus the settings name."""

import pytest

from emergence.kernel.events.bus.from_settings import bus_from_settings
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.surroundings import CommonSettings

GIVEN = {"EMERGENCE_SERVICE_SECRET": "0123456789abcdef0123456789abcdef"}
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
