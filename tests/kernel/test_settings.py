"""Settings say what is wrong with them, and never show a secret."""

from datetime import timedelta

import pytest
from pydantic import Field

from emergence.kernel.settings import Boolean, Seconds, Secret, Settings, SettingsInvalid, describe, parse_boolean
from emergence.kernel.surroundings import CommonSettings

GOOD_SECRET = "4b6f1a0c9d8e7f25364758697a8b9cadbecfd0e1"


class ShopSettings(Settings):
    shop_key: Secret = Field(description="Opens the till.")
    shop_spare_key: Secret | None = Field(default=None, description="Opens it too.")
    shop_is_open: Boolean = Field(default=True, description="Whether customers may come in.")
    shop_patience: Seconds = Field(default=timedelta(seconds=30), description="How long a customer waits, seconds.")
    shop_shelves: int = Field(default=3, ge=1, description="How many shelves there are.")


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "yes", "on", " On "])
def test_every_usual_word_for_true_is_true(word: str) -> None:
    assert ShopSettings.read({"SHOP_KEY": "k", "SHOP_IS_OPEN": word}).shop_is_open


@pytest.mark.parametrize("word", ["0", "false", "No", "off"])
def test_every_usual_word_for_false_is_false(word: str) -> None:
    assert not ShopSettings.read({"SHOP_KEY": "k", "SHOP_IS_OPEN": word}).shop_is_open


def test_a_typo_in_a_boolean_is_refused_not_taken_for_false() -> None:
    with pytest.raises(ValueError, match="true or false"):
        parse_boolean("ture")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert ShopSettings.read({"SHOP_KEY": "k", "SHOP_SHELVES": "  "}).shop_shelves == 3


def test_a_duration_is_a_number_of_seconds() -> None:
    assert ShopSettings.read({"SHOP_KEY": "k", "SHOP_PATIENCE": "1.5"}).shop_patience == timedelta(seconds=1.5)


@pytest.mark.parametrize("value", ["soon", "nan", "1e99", "-1"])
def test_a_duration_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^SHOP_PATIENCE: must be"):
        ShopSettings.read({"SHOP_KEY": "k", "SHOP_PATIENCE": value})


def test_a_secret_loses_the_newline_that_a_pipe_left() -> None:
    assert ShopSettings.read({"SHOP_KEY": "open sesame\r\n"}).shop_key.get_secret_value() == "open sesame"


def test_every_fault_gets_a_line_that_names_it_without_its_value() -> None:
    with pytest.raises(SettingsInvalid) as raised:
        ShopSettings.read({"SHOP_SHELVES": "hunter2", "SHOP_IS_OPEN": "hunter2"})

    lines = str(raised.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["SHOP_IS_OPEN", "SHOP_KEY", "SHOP_SHELVES"]
    assert "SHOP_KEY: is required" in lines
    assert "hunter2" not in str(raised.value)


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    environ = {"SHOP_KEY": "hunter2", "SHOP_SPARE_KEY": "hunter2", "SHOP_SHELVES": "5"}

    described = {setting.name: setting for setting in describe(ShopSettings, environ)}

    assert described["SHOP_KEY"].shown == described["SHOP_SPARE_KEY"].shown == "(set, hidden)"
    assert (described["SHOP_SHELVES"].shown, described["SHOP_SHELVES"].is_set) == ("5", True)
    assert (described["SHOP_PATIENCE"].shown, described["SHOP_PATIENCE"].is_set) == ("30 s", False)
    assert "hunter2" not in repr(ShopSettings.read(environ))


def test_the_secrets_that_every_service_reads_are_masked() -> None:
    secrets = {
        "DATABASE_URL": "postgresql://u:hunter2@h/db",
        "METRICS_TOKEN": "hunter2",
        "EMERGENCE_BUS_URL": "hunter2",
    }

    shown = " ".join(setting.shown for setting in describe(CommonSettings, secrets))

    assert "hunter2" not in shown


@pytest.mark.parametrize("weak", ["short", "a" * 64, "changeme" * 8, "my-very-own-secret-0123456789abcdef"])
def test_a_guessable_service_secret_is_refused(weak: str) -> None:
    with pytest.raises(SettingsInvalid, match="openssl rand") as raised:
        CommonSettings.read({"EMERGENCE_SERVICE_SECRET": weak})

    assert weak not in str(raised.value)


def test_an_address_that_is_not_postgresql_is_refused_without_being_repeated() -> None:
    with pytest.raises(SettingsInvalid, match=r"^DATABASE_URL: must be a PostgreSQL address") as raised:
        CommonSettings.read({"EMERGENCE_SERVICE_SECRET": GOOD_SECRET, "DATABASE_URL": "mysql://u:hunter2@h/db"})

    assert "hunter2" not in str(raised.value)
