"""What `emergence up` keeps in its data folder, and who can read it."""

import os
import stat
from pathlib import Path

import pytest

from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.embedded.errors import FolderInUse
from emergence.local_install import GENERATED_SECRETS, LocalInstall


@pytest.fixture
def install(tmp_path: Path) -> LocalInstall:
    return LocalInstall.open({"EMERGENCE_DATA_DIR": str(tmp_path / "data")})


def test_secrets_are_made_once_and_kept(install: LocalInstall) -> None:
    first = install.secrets()
    second = install.secrets()

    assert all(len(first[name]) == 64 for name in GENERATED_SECRETS)
    assert len({first[name] for name in GENERATED_SECRETS}) == len(GENERATED_SECRETS)
    assert first == second


def test_the_owners_credential_is_new_at_each_start(install: LocalInstall) -> None:
    install.secrets()
    first = install.owner_credential_file.read_text()
    install.secrets()

    assert install.owner_credential_file.read_text() != first


def test_nobody_else_can_read_what_it_keeps(install: LocalInstall) -> None:
    install.secrets()
    install.announce("http://127.0.0.1:8080")

    for path in install.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_a_terminal_finds_the_running_server(install: LocalInstall) -> None:
    install.announce("http://127.0.0.1:8080")
    found = install.running()
    install.withdraw()

    assert found is not None
    assert (found.url, found.pid) == ("http://127.0.0.1:8080", os.getpid())
    assert install.running() is None


def test_an_operator_finds_the_database_of_the_running_server_and_the_secrets(install: LocalInstall) -> None:
    assert install.kept_secrets() == {}
    install.secrets()
    credential = install.owner_credential_file.read_text()
    install.announce("http://127.0.0.1:8080", "postgresql://me:hidden@127.0.0.1:5433/emergence")

    found = install.running()

    assert found is not None
    assert found.database_url == "postgresql://me:hidden@127.0.0.1:5433/emergence"
    assert "hidden" not in repr(found)
    assert set(install.kept_secrets()) == set(GENERATED_SECRETS)
    assert install.owner_credential_file.read_text() == credential, "looking changes nothing"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"url": "http://127.0.0.1:1"}', '{"url": "x", "pid": 4194999}'])
def test_a_server_that_is_gone_or_a_broken_file_is_no_server(install: LocalInstall, content: str) -> None:
    (install.folder / "running.json").write_text(content)

    assert install.running() is None


def test_looking_at_a_folder_does_not_make_it(tmp_path: Path) -> None:
    looked_at = LocalInstall.existing({"EMERGENCE_DATA_DIR": str(tmp_path / "absent")})

    assert looked_at.running() is None
    assert not looked_at.folder.exists()


def test_a_second_instance_is_refused_with_the_first_ones_port(install: LocalInstall) -> None:
    with install.held(8080), pytest.raises(FolderInUse, match="8080"), install.held(8081):
        raise AssertionError("must not be held twice")


def test_secrets_that_were_damaged_are_an_error_and_not_replaced(install: LocalInstall) -> None:
    (install.folder / "secrets.json").write_text("{")

    with pytest.raises(SettingsInvalid, match="restore it from a backup"):
        install.secrets()
